/* What a compiler calls for large values, without a C library. */
#include "text.h"

void *memcpy(void *to, const void *from, word count)
{
	copy_bytes(to, from, count);
	return to;
}

void *memset(void *to, int value, word count)
{
	volatile byte *at = to;
	while (count-- > 0) *at++ = (byte)value;
	return to;
}
