/**
 * The tests of tests/both_engines that arm64 has too, to be imported when the environment names binary and engine.
 *
 * @module
 */
import "../both_engines/engine_test.ts";
import "../both_engines/vm_test.ts";
