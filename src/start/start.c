/*
 * What runs before the runtime: the program's entry, put into denort by scripts/build/native_start.ts. Deno's
 * runtime panics on an argument that is not UTF-8, and ends with a stack trace where an address space is limited,
 * where there is no /proc, and where its folder is gone, all of it before the first line of JavaScript.
 *
 * So the start hands the runtime a copy of such a word with U+FFFD for every bad byte; src/cli/context/command_words.ts
 * reads the word itself from /proc/self/cmdline. Of the rest it says in one line what is wrong, and ends with 125 as
 * smolvm does: after JavaScript's first line it would be too late.
 *
 * In front of all that client.c runs `microvm exec` by itself where that is plain, without the runtime.
 *
 * There is no C library, no data that is written, and no address that is not relative to the code.
 */
#include "client.h"
#include "loader.h"
#include "system.h"

enum { FAILED = 125 };

/*
 * V8 reserves 32 GiB for its caged heap, and more for code, when it starts: below 33.4 GiB `smolvm version` ends
 * with "Fatal process out of memory: Oilpan: CagedHeap reservation"; with 38 GiB a `run` was seen to work.
 */
#define NEEDED_ADDRESS_SPACE (36UL << 30)

/*
 * _start: the kernel jumps here with the arguments on the stack (System V ABI, "Process Initialization"), and 0 in rdx, on arm64 in
 * x0. `original` is the distance from itself to the runtime's own entry, `interpreter` that to the header of its dynamic loader, 0 for none.
 */
__asm__(
	".section .text.entry,\"ax\",@progbits\n"
	".globl original\n"
	"original: .quad 0\n"
	".globl interpreter\n"
	"interpreter: .quad 0\n"
	".globl entry\n"
	"entry:\n"
#if defined __x86_64__
	"	push %rdx\n"
	"	push %rdx\n"
	"	lea 16(%rsp), %rdi\n"
	"	call begin\n"
	"	pop %rdx\n"
	"	pop %rdx\n"
	"	jmp *%rax\n"
#else
	"	stp x0, x30, [sp, #-16]!\n"
	"	add x0, sp, #16\n"
	"	bl begin\n"
	"	mov x16, x0\n"
	"	ldp x0, x30, [sp], #16\n"
	"	br x16\n"
#endif
	".text\n");

static void fail(const char *text)
{
	call3(SYS_write, 2, (long)text, (long)length_of(text));
	leave(FAILED);
}

/* Copies a word, U+FFFD for every byte that begins no character. Returns what is behind the copy. */
static byte *copy(const byte *text, byte *to)
{
	const byte *end = text + length_of((const char *)text);
	while (text < end) {
		word count = character(text, end);
		if (count == 0) {
			*to++ = 0xef;
			*to++ = 0xbf;
			*to++ = 0xbd;
			text++;
		}
		for (; count > 0; count--) *to++ = *text++;
	}
	*to++ = 0;
	return to;
}

/* Puts copies in place of the words that are not UTF-8. The kernel shows the words themselves in /proc/self/cmdline. */
static void replace_words(word count, char **arguments)
{
	word room = 0;
	for (word at = 0; at < count; at++)
		if (!is_utf8(arguments[at])) room += 3 * length_of(arguments[at]) + 1;
	if (room == 0) return;
	long place = call6(SYS_mmap, 0, (long)room, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
	if (place < 0 && place > -4096) fail("smolvm: cannot read the command line: no memory is left for its words\n");
	byte *to = (byte *)place;
	for (word at = 0; at < count; at++) {
		if (is_utf8(arguments[at])) continue;
		byte *made = to;
		to = copy((byte *)arguments[at], made);
		arguments[at] = (char *)made;
	}
}

static void check_host(void)
{
	word limit[2];
	char path[8];
	/* One byte holds no path: of a folder that is there the answer is ERANGE. */
	if (call6(SYS_getcwd, (long)path, 1, 0, 0, 0, 0) == -ENOENT)
		fail("smolvm: cannot start: the folder that it was started in is gone; change to one that is there\n");
	if (call6(SYS_readlinkat, AT_FDCWD, (long)"/proc/self/exe", (long)path, sizeof path, 0, 0) < 0)
		fail("smolvm: cannot start: there is no /proc; mount it: mount -t proc proc /proc\n");
	if (call6(SYS_getrlimit, RLIMIT_AS, (long)limit, 0, 0, 0, 0) == 0 && limit[0] < NEEDED_ADDRESS_SPACE)
		fail("smolvm: cannot start: its address space is limited (ulimit -v), and its runtime reserves 36 GiB of it, "
		     "which is no memory; run it with ulimit -v unlimited\n");
}

extern const word original __attribute__((visibility("hidden"))), interpreter __attribute__((visibility("hidden")));

/* Where the runtime begins: at its dynamic loader, which is put beside it. */
static word runtime_entry(word *auxiliary)
{
	word own = (word)&original + original;
	if (interpreter == 0) return own;
	word entry = load_interpreter(auxiliary, (word)&interpreter + interpreter, own);
	if (!entry) fail("smolvm: cannot start: glibc's dynamic loader cannot be loaded; use a system with glibc\n");
	return entry;
}

__attribute__((used)) static word begin_here(word *stack) __asm__("begin");
static word begin_here(word *stack)
{
	char **arguments = (char **)(stack + 1);
	check_host();
	run_natively(arguments, arguments + stack[0] + 1);
	replace_words(stack[0], arguments);
	word *behind = stack + 1 + stack[0] + 1;
	while (*behind) behind++;
	return runtime_entry(behind + 1);
}
