/**
 * The smolvm binary.
 *
 * @module
 */
import { commandWords } from "./src/cli/context/command_words.ts";
import { main } from "./src/cli/program.ts";

Deno.exit(await main(commandWords(Deno.args)));
