/**
 * Sources that have no test file of their own name beside them, each with its reason.
 *
 * @module
 */

const TYPES = "types only";
const SCHEMAS = "schemas only; link_test.ts sends what they refuse";
const LINK = "a piece of the link, which src/wire/link_test.ts drives with honest and lying peers";
const PROGRAM = "wires a program together: tests/functional runs it";
const STORE =
  "a piece of the store, which src/image/store/store_test.ts drives whole, and tests/registry kills";
const REGISTRY = "a piece of pulling, which tests/registry does against a real registry";
const MACHINES = "a piece of machines: tests/functional/machine_test.ts runs and breaks them";

const ACTION = "needs a VM that runs: tests/functional/machine_test.ts and container_test.ts";

const SDK = "one call of a use case each: tests/functional/sdk_test.ts";

const TERMINAL =
  "a terminal: agent/session/program_test.ts has a program use one, tests/functional/terminal_test.ts a person";

const PORTS = "a piece of published ports, which src/ports/service_test.ts drives with real clients";

const GUEST_PORTS =
  "a guest's end of a published port: tests/functional/ports_test.ts, and connection_test.ts with servers of this host";

const NAMES = "names in their order: agent/container/capabilities_test.ts numbers them";

const SAVE =
  "a piece of image save, which tests/oracle/save_test.ts has GNU tar, skopeo, umoci and load read";
const COPY = "between a host and a VM: tests/functional/cp_test.ts";

const COMPLETED = "a piece of an answer: src/cli/completion/answer_test.ts completes lines with it";

const SHELL = "a script for a shell, which tests/functional/completion_test.ts has a shell run";
const VOLUMES = "a piece of volumes, which src/actions/remove_volumes_test.ts lists, prunes and removes";
const VOLUME_WORDS = "words of volumes: tests/functional/volumes_test.ts";
const NETWORK_WORDS = "words of the network's options: src/net/policy/network_spec_test.ts";
const GATEWAY =
  "a piece of the gateway, which gateway_test.ts, tcp_flow_test.ts and udp_gate_test.ts drive frame by frame";

const SECRETS =
  "a piece of secrets, which secret_stream_test.ts and request_filter_test.ts drive with real TLS and byte by byte";

const MAC =
  "what only a Mac has: tests/contract/mac_calls_test.ts, and tests/arm64/mac_program_test.ts as a whole";

/** Path to reason. */
export const untested: Readonly<Record<string, string>> = {
  "agent/program/prepared.ts": TYPES,
  "agent/boot/template.ts": "binds a guest's disks anew: tests/functional/resume_test.ts",
  "agent/program/keystore.ts": "a file for Java: agent/program/authority_test.ts",
  "src/host/authorities.ts":
    "src/image/registry/trust_test.ts, and src/net/secrets/secret_stream_test.ts with an authority of its own",
  "src/net/secrets/chunked_body.ts": SECRETS,
  "src/net/secrets/der.ts": "src/net/secrets/authority_test.ts has OpenSSL read what it writes",
  "src/net/secrets/plain_passage.ts": SECRETS,
  "src/net/secrets/refusals.ts": SECRETS,
  "src/net/secrets/replace.ts": SECRETS,
  "src/net/secrets/request_head.ts": SECRETS,
  "src/net/secrets/secret_network.ts": SECRETS,
  "src/net/secrets/stream_parts.ts": TYPES,
  "src/net/secrets/tls_ends.ts": SECRETS,
  "src/net/secrets/tls_passage.ts": SECRETS,
  "src/net/model/gateway_parts.ts": TYPES,
  "src/net/model/addresses.ts": "values only",
  "src/actions/read_flows.ts":
    "src/cli/machine/net_log_test.ts, and tests/functional/network_test.ts with a VM",
  "src/actions/test_network.ts":
    "src/cli/machine/network_test_command_test.ts, and tests/functional/network_test.ts with a VM",
  "src/net/load_service.ts": "one import; tests/functional/network_test.ts",
  "src/net/model/host_facts.ts": TYPES,
  "src/net/model/name_policy.ts": TYPES,
  "src/net/model/name_server.ts": NETWORK_WORDS,
  "src/net/dns/exchange.ts": "one question to one resolver: src/net/dns/forwarder_test.ts",
  "src/net/policy/out_of_reach.ts": "words: src/net/policy/judge_test.ts",
  "src/logs/line_cursor.ts": "a place in a log: src/logs/log_cursor_test.ts",
  "src/net/policy/added_host.ts": NETWORK_WORDS,
  "src/net/policy/cidr_rule.ts": NETWORK_WORDS,
  "src/net/policy/host_rule.ts": NETWORK_WORDS,
  "src/net/policy/name_server.ts": NETWORK_WORDS,
  "src/net/policy/refusal.ts": NETWORK_WORDS,
  "src/net/policy/rules.ts": "what the judge goes by: src/net/policy/judge_test.ts",
  "src/net/policy/first_bytes.ts": "joins two readers: src/net/policy/judge_bytes_test.ts",
  "src/net/host/host_stream.ts": TYPES,
  "src/net/gateway/station.ts": GATEWAY,
  "src/net/gateway/arrivals.ts": GATEWAY,
  "src/net/gateway/tcp_gate.ts": GATEWAY,
  "src/net/gateway/datagram.ts": GATEWAY,
  "src/net/tcp/tcp_sender.ts": "a half of tcp_connection.ts, which scripts and a bad link try",
  "src/net/tcp/tcp_receiver.ts": "a half of tcp_connection.ts, which scripts and a bad link try",
  "src/vm/shares_service.ts": "one session of a VM: tests/functional/shares_test.ts",
  "src/volumes/volumes.ts": "src/volumes/changes_test.ts reads what it makes",
  "src/actions/list_volumes.ts": VOLUMES,
  "src/actions/volume_users.ts": VOLUMES,
  "src/cli/doctor.ts":
    "words of doctor: doctor_report_test.ts, and tests/functional/doctor_test.ts with a VM",
  "src/cli/volume/volume.ts": PROGRAM,
  "src/cli/volume/create.ts": VOLUME_WORDS,
  "src/cli/volume/inspect.ts": VOLUME_WORDS,
  "src/cli/volume/ls.ts": VOLUME_WORDS,
  "src/cli/volume/prune.ts": VOLUME_WORDS,
  "src/cli/volume/rm.ts": VOLUME_WORDS,
  "src/sdk/volumes.ts": SDK,
  "agent/main.ts": PROGRAM,
  "src/release/minisign.ts":
    "scripts/release/sign_list_test.ts has it verify our signatures and minisign's own",
  "agent/syscalls/processor.ts": "numbers only: whatever the agent mounts, confines and waits for takes them",
  "src/guest_protocol/capability_names.ts": NAMES,
  "agent/session/stdio.ts": TYPES,
  "agent/session/stdio_terminal.ts": TERMINAL,
  "agent/syscalls/socket_pair.ts": TERMINAL,
  "agent/syscalls/terminal_master.ts": TERMINAL,
  "src/cli/terminal/session_terminal.ts": TERMINAL,
  "src/ffi/system_library.ts": MAC,
  "src/ffi/translated.ts": MAC,
  "src/ffi/terminal_mode.ts": TERMINAL,
  "main.ts": PROGRAM,
  "src/actions/attach.ts": ACTION,
  "src/actions/kill.ts":
    "src/cli/machine/kill_test.ts, and tests/functional/container_options_test.ts with a VM",
  "src/actions/copy.ts": COPY,
  "src/actions/copy_places.ts": COPY,
  "src/cli/completion/bash_script.ts": SHELL,
  "src/cli/completion/candidates.ts": COMPLETED,
  "src/cli/completion/fish_script.ts": SHELL,
  "src/cli/completion/values.ts": COMPLETED,
  "src/cli/completion/zsh_script.ts": SHELL,
  "src/cli/container/container.ts": PROGRAM,
  "src/cli/context/attach_here.ts": PROGRAM,
  "src/cli/machine/attach.ts": PROGRAM,
  "src/cli/machine/exec.ts": PROGRAM,
  "src/cli/image/image.ts": PROGRAM,
  "src/cli/machine/start.ts": PROGRAM,
  "src/cli/supervise.ts": PROGRAM,
  "src/engine/engine.ts": TYPES,
  "src/engine/finding.ts": TYPES,
  "src/host/environment.ts": TYPES,
  "src/host/paths_source.ts": TYPES,
  "src/actions/save_images.ts": SAVE,
  "src/cli/image/save.ts": SAVE,
  "src/image/save/archive.ts": SAVE,
  "src/image/save/layer.ts": SAVE,
  "src/image/store/find.ts": STORE,
  "src/image/store/lease.ts": STORE,
  "src/image/model/candidate.ts": TYPES,
  "src/image/model/image.ts": TYPES,
  "src/image/store/intake.ts": STORE,
  "src/image/store/intake_all.ts": "the end of a load that fails, which src/image/load_test.ts tries",
  "src/image/model/layer_source.ts": TYPES,
  "src/image/model/limits.ts": TYPES,
  "src/image/pull.ts": REGISTRY,
  "src/image/registry/authorization.ts": REGISTRY,
  "src/image/store/prune.ts": STORE,
  "src/wire/server_link.ts": LINK,
  "src/wire/credit.ts": LINK,
  "src/wire/greeting.ts": LINK,
  "src/wire/client_link.ts": LINK,
  "src/wire/json.ts": LINK,
  "src/guest_protocol/messages.ts": SCHEMAS,
  "src/guest_protocol/network.ts": SCHEMAS,
  "src/guest_protocol/fields.ts": SCHEMAS,
  "src/guest_protocol/mounts.ts": SCHEMAS,
  "src/supervisor_protocol/messages.ts": SCHEMAS,
  "src/client/reach.ts": MACHINES,
  "src/wire/client_greeting.ts": LINK,
  "src/wire/protocol.ts": TYPES,
  "src/wire/stream.ts": LINK,
  "src/wire/transport.ts": TYPES,
  "src/vm/service.ts": TYPES,
  "src/ports/forward_tcp.ts": PORTS,
  "src/ports/udp_socket.ts": PORTS,
  "agent/session/datagrams.ts": GUEST_PORTS,
  "agent/syscalls/socket.ts": GUEST_PORTS,
  "src/actions/machine_defaults.ts": TYPES,
  "src/mod.ts": SDK,
  "src/sdk/copy.ts": SDK,
  "src/actions/ask_container.ts": ACTION,
  "src/actions/open_images.ts": ACTION,
  "src/actions/run_session.ts": ACTION,
  "src/cli/context/session.ts": PROGRAM,
  "src/internal_processes.ts": TYPES,
  "src/text/certificate_bundles.ts":
    "a list of paths: used by agent/program/authority_test.ts and src/image/registry/trust_test.ts",
  "src/text/default_path.ts": TYPES,
  "src/payload/host.ts": TYPES,
  "src/wire/unix_transport.ts": MACHINES,
};
