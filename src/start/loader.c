/*
 * The dynamic loader of the runtime, as the kernel loads it (fs/binfmt_elf.c, load_elf_interp): only where the runtime is wanted. The
 * kernel itself is told of none, because 130,000 relocations and six libraries are most of the start of a client that needs neither.
 */
#include "loader.h"

#include "system.h"

/* gABI, "Program Header", and the auxiliary vector of the System V ABI's "Process Initialization". */
enum { PT_LOAD = 1, PT_INTERP = 3, PF_X = 1, PF_W = 2, PF_R = 4, SEGMENTS = 24 };
enum { AT_NULL = 0, AT_PAGESZ = 6, AT_BASE = 7, AT_FLAGS = 8, AT_ENTRY = 9, AT_CLKTCK = 17 };
enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, MAP_PRIVATE = 2, MAP_FIXED = 16, MAP_ANONYMOUS = 32 };

/* Elf64_Ehdr, Elf64_Phdr */
struct elf { byte identity[16]; unsigned short type, machine; u32 version; word entry, segments, sections; u32 flags; unsigned short size, segment_size, segment_count; };
struct segment { u32 type, flags; word offset, address, physical, file_size, memory_size, alignment; };

/* The value of an entry of the auxiliary vector; null where there is none. */
static word *value_of(word *auxiliary, word type)
{
	for (; auxiliary[0] != AT_NULL; auxiliary += 2) if (auxiliary[0] == type) return auxiliary + 1;
	return 0;
}

static int protection_of(u32 flags)
{
	return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) | (flags & PF_X ? PROT_EXEC : 0);
}

static int is_error(long result) { return result < 0 && result > -4096; }

static long map(word at, word length, int protection, int flags, int file, word offset)
{
	return call6(SYS_mmap, (long)at, (long)length, protection, flags, file, (long)offset);
}

/* What a segment has in memory and not in the file is zeros: the whole rest of its last page, which the loader allots, and pages of their own. */
static int put_zeros(const struct segment *one, word base, word page)
{
	word from = base + one->address + one->file_size, to = base + one->address + one->memory_size;
	word whole = (from + page - 1) & -page;
	if (one->memory_size <= one->file_size) return 1;
	for (word at = from; at < whole; at++) *(volatile byte *)at = 0;
	if (to <= whole) return 1;
	return !is_error(map(whole, to - whole, protection_of(one->flags), MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
}

/* Maps all segments: the first call takes the room of all. Returns where address 0 of the file lies, or 0. */
static word map_segments(int file, const struct segment *segments, word count, word page)
{
	const struct segment *first = 0, *last = 0;
	word base = 0;
	for (word at = 0; at < count; at++) {
		if (segments[at].type != PT_LOAD) continue;
		if (!first) first = &segments[at];
		last = &segments[at];
	}
	if (!first) return 0;
	for (const struct segment *one = first; one <= last; one++) {
		if (one->type != PT_LOAD) continue;
		word skipped = one->address & (page - 1), length = one->file_size + skipped, begin = one->address - skipped;
		if (one == first) length = last->address + last->memory_size - begin;
		long place = map(base + begin, length, protection_of(one->flags), MAP_PRIVATE | (one == first ? 0 : MAP_FIXED), file,
			one->offset - skipped);
		if (is_error(place)) return 0;
		if (one == first) base = (word)place - begin;
		if (!put_zeros(one, base, page)) return 0;
	}
	return base;
}

/* Reads the file and maps it. Returns its entry, and where it lies. */
static word map_interpreter(const char *path, word page, word *base)
{
	struct { struct elf elf; byte rest[64 + SEGMENTS * sizeof(struct segment)]; } head;
	word entry = 0;
	long file = call6(SYS_openat, AT_FDCWD, (long)path, O_CLOEXEC, 0, 0, 0);
	if (file < 0) return 0;
	long length = call3(SYS_read, file, (long)&head, sizeof head);
	word end = head.elf.segments + head.elf.segment_count * sizeof(struct segment);
	if (length >= (long)sizeof head.elf && head.elf.segment_size == sizeof(struct segment) && head.elf.segments < sizeof head &&
		end <= (word)length) {
		*base = map_segments((int)file, (struct segment *)((byte *)&head + head.elf.segments), head.elf.segment_count, page);
		if (*base) entry = *base + head.elf.entry;
	}
	call3(SYS_close, file, 0, 0);
	return entry;
}

word load_interpreter(word *auxiliary, word header, word entry)
{
	struct segment *named = (struct segment *)header;
	word *size = value_of(auxiliary, AT_PAGESZ), *base = value_of(auxiliary, AT_BASE), *start = value_of(auxiliary, AT_ENTRY);
	word page = size ? *size : 4096, table = header & -page, place = 0;
	/* The table of program headers is at the program's beginning. */
	word program = table;
	if (!start) return 0;
	/* A kernel that tells of no base where there is no interpreter has another entry, which nobody needs. */
	if (!base) {
		base = value_of(auxiliary, AT_FLAGS);
		if (!base) base = value_of(auxiliary, AT_CLKTCK);
		if (!base) return 0;
		base[-1] = AT_BASE;
	}
	word begin = map_interpreter((const char *)(program + named->address), page, &place);
	/* By this header the loader knows its own name, and that it was not started as a command. */
	if (!begin || is_error(call3(SYS_mprotect, (long)table, (long)page, PROT_READ | PROT_WRITE))) return 0;
	named->type = PT_INTERP;
	call3(SYS_mprotect, (long)table, (long)page, PROT_READ);
	*base = place;
	*start = entry;
	return begin;
}
