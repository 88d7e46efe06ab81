/**
 * The gateway with policy and names as a supervisor runs it, as a process of its own: `gateway_process.ts SOCKET WORDS`,
 * where the guest's frames come from a socket, and WORDS are those of a command line as JSON. In a network namespace it is
 * smolvm on that host. Says `ready`, and then each flow that ends, as a line of JSON.
 *
 * @module
 */
import { Gateway } from "../../src/net/gateway/gateway.ts";
import { parseNetwork } from "../../src/net/policy/network_spec.ts";
import { policyParts } from "../../src/net/policy_parts.ts";

const [path = "", words = "{}"] = Deno.args;
const spec = parseNetwork(JSON.parse(words));
if (!spec) throw new Error(`no network: ${words}`);
const listener = Deno.listen({ transport: "unix", path });
console.log("ready");
const conn = await listener.accept();
listener.close();
const parts = policyParts(spec, { ended: (flow) => console.log(JSON.stringify(flow)) });
await new Gateway({ conn, ...parts }).run();
