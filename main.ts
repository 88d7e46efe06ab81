/**
 * The smolvm binary.
 *
 * @module
 */
import { main } from "./src/cli/program.ts";

Deno.exit(await main(Deno.args));
