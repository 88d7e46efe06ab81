/**
 * An echo server in a process of its own, as servers of guests are: prints its port, and ends with a signal.
 *
 * @module
 */
import { echo, Server } from "./servers.ts";

console.log(new Server(echo).port);
