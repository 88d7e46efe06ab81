/**
 * What a person can do with smolvm, for a program: the use cases, with a host.
 *
 * @module
 */
import { type ContainerWish, createContainer } from "../actions/create_container.ts";
import { createMachine, type MachineWish } from "../actions/create_machine.ts";
import { deleteMachine } from "../actions/delete_machine.ts";
import { findMachine, findUsableMachine } from "../actions/find_machine.ts";
import { type ContainerFacts, listContainers } from "../actions/list_containers.ts";
import { inspectMachine, listMachines, type MachineFacts } from "../actions/list_machines.ts";
import { withMachines } from "../actions/machine_context.ts";
import { openImages } from "../actions/open_images.ts";
import { placeInContainer, placeInMachine, type SessionPlace } from "../actions/open_session.ts";
import type { PlanOptions } from "../actions/plan_command.ts";
import { type ProgramRequest, programRequest, type ProgramWish } from "../actions/program_request.ts";
import { pruneImages } from "../actions/prune_images.ts";
import { removeContainer } from "../actions/remove_container.ts";
import { removeImages } from "../actions/remove_images.ts";
import { runReference, type RunWish } from "../actions/run_reference.ts";
import { runSession } from "../actions/run_session.ts";
import { saveImages } from "../actions/save_images.ts";
import { startContainers } from "../actions/start_containers.ts";
import { startMachine } from "../actions/start_machine.ts";
import { stopContainers } from "../actions/stop_containers.ts";
import { killMachine, stopMachine } from "../actions/stop_machine.ts";
import { tagImage } from "../actions/tag_image.ts";
import { type MachineChange, updateMachine } from "../actions/update_machine.ts";
import type { Image } from "../image/model/image.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { parseReference } from "../image/model/reference.ts";
import type { Host } from "../payload/host.ts";
import { openHost } from "../payload/open_host.ts";
import type { ProcessFlags } from "../session/process_plan.ts";
import { copyFiles, type CopyOptions, type CopySource, type CopyTarget } from "./copy.ts";
import { Session, type SessionOptions } from "./session.ts";
import { Volumes } from "./volumes.ts";

/** An image by its name, and what of its command is replaced. */
export interface ImageCommand extends Partial<ProcessFlags> {
  /** As a person writes it: `alpine:3.23`. */
  readonly image: string;
  /** When the registry is asked: when there is no such image here (the default), always, or never. */
  readonly pull?: "missing" | "always" | "never";
  /** Whether its registry may be spoken to by plain http where it has no TLS (docs/registries.md). */
  readonly insecure?: boolean;
}

/** How an image is pulled. */
export interface PullOptions extends PlanOptions {
  /** Whether its registry may be spoken to by plain http where it has no TLS (docs/registries.md). */
  readonly insecure?: boolean;
}

/** What smolvm is told of the program that uses it. */
export interface SmolvmOptions {
  /** Path of the smolvm binary: it carries the parts of VMs, and is started as supervisor and VMM. */
  readonly binary: string;
  /** Variables such as HOME and SMOLVM_HOME. */
  readonly environment: Readonly<Record<string, string>>;
  /** Told, in a line, what the user should know though a pull goes on: credentials that cannot be had. */
  readonly warn?: (text: string) => void;
}

/** smolvm on this host. */
export class Smolvm {
  readonly #host: Host;
  readonly machines: Machines;
  readonly containers: Containers;
  readonly images: Images;
  readonly volumes: Volumes;

  /** @throws {TypeError} when the environment has neither SMOLVM_HOME nor HOME */
  constructor({ binary, environment, warn }: SmolvmOptions) {
    this.#host = { ...openHost({ program: [binary], environment }), ...(warn && { warn }) };
    this.machines = new Machines(this.#host);
    this.containers = new Containers(this.#host);
    this.images = new Images(this.#host);
    this.volumes = new Volumes(this.#host);
  }

  /** Runs an image's command once, in a VM of its own, of which nothing is left. */
  run(command: ImageCommand & Omit<RunWish, "image">, options: SessionOptions & PlanOptions = {}): Session {
    const { onProgress } = options;
    return new Session(
      (parts) =>
        runReference({ ...command, image: imageWish(command) }, this.#host, {
          ...parts,
          ...(onProgress && { onProgress }),
        }),
      options,
    );
  }

  /**
   * Copies files between this host and a machine or a container, as `docker cp` does; a machine that does not run is
   * started. In place of this host's path may stand an archive: a tar to read, or a stream that takes one.
   *
   * @throws {SmolvmError} kind `usage` unless one side is in a machine, kind `process` with what failed at either end
   */
  copy(from: CopySource, to: CopyTarget, options: CopyOptions = {}): Promise<void> {
    return copyFiles(this.#host, from, to, options);
  }
}

/** Machines: VMs that keep what is written in them. */
export class Machines {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Creates a machine; with `command` it runs that when it is started. @returns its name */
  async create(
    { command, ...wish }: Omit<MachineWish, "image"> & { readonly command?: ImageCommand },
    options: PlanOptions = {},
  ): Promise<string> {
    const image = command === undefined ? {} : { image: imageWish(command) };
    return (await withMachines(
      this.#host,
      (context) => createMachine({ ...wish, ...image }, context, options),
    )).name;
  }

  /** What a machine is and does. @throws {SmolvmError} kind `usage` when there is none of that name */
  find(name: string): Promise<MachineFacts> {
    return withMachines(this.#host, (context) => inspectMachine(findMachine(name, context), context));
  }

  /** All machines, sorted by name. */
  list(): Promise<MachineFacts[]> {
    return withMachines(this.#host, (context) => listMachines(context));
  }

  /** Starts a machine in the background. @returns `false` when it ran already */
  start(name: string): Promise<boolean> {
    return withMachines(this.#host, async (context) => {
      const { link, started } = await startMachine((await findUsableMachine(name, context)).spec, context);
      link?.close();
      return started;
    });
  }

  /**
   * Stops a machine.
   *
   * @param options `patience` is what its command is given, in milliseconds; `force` kills it at once
   * @returns whether it ran
   */
  stop(
    name: string,
    options: { readonly patience?: number; readonly force?: boolean } = {},
  ): Promise<boolean> {
    return withMachines(this.#host, (context) => {
      const { spec } = findMachine(name, context);
      return options.force ? killMachine(spec, context) : stopMachine(spec, context, options.patience);
    });
  }

  /**
   * Changes a machine; one that runs has the change when it is started again, and its network's rules at once.
   *
   * @returns whether it runs
   */
  async update(name: string, change: MachineChange): Promise<boolean> {
    return (await withMachines(this.#host, (context) => updateMachine(name, change, context))).running;
  }

  /** Deletes a machine with all it holds. @param options `force` kills it if it runs */
  delete(name: string, options: { readonly force?: boolean } = {}): Promise<void> {
    return withMachines(this.#host, (context) => deleteMachine(name, context, options));
  }

  /** Runs a program in a machine, which is started if it does not run. */
  open(name: string, program: Omit<ProgramWish, "stdin">, options: SessionOptions = {}): Session {
    return openSession(
      this.#host,
      program,
      options,
      (request) => withMachines(this.#host, (context) => placeInMachine(name, request, context)),
    );
  }
}

/** Containers in machines. Each is meant by its name, its id, or the beginning of that. */
export class Containers {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Creates a container. @returns its id */
  async create(
    machine: string,
    command: ImageCommand & Omit<ContainerWish, "image">,
    options: PlanOptions = {},
  ): Promise<string> {
    const wish = { ...command, image: imageWish(command) };
    return (await withMachines(this.#host, async (context) => {
      const { spec } = await findUsableMachine(machine, context);
      return await createContainer(spec, wish, context, options);
    })).id;
  }

  /** Containers of a machine with their states, the oldest first. */
  list(machine: string): Promise<ContainerFacts[]> {
    return withMachines(this.#host, (context) => listContainers(findMachine(machine, context).spec, context));
  }

  /** Starts a container in the background, and its machine if that does not run. */
  start(machine: string, container: string): Promise<void> {
    return withMachines(
      this.#host,
      (context) => startContainers(findMachine(machine, context).spec, [container], context),
    );
  }

  /** Stops a container. @param options `patience` is what it is given before it is killed, in milliseconds */
  stop(machine: string, container: string, options: { readonly patience?: number } = {}): Promise<void> {
    return withMachines(
      this.#host,
      (context) => stopContainers(findMachine(machine, context).spec, [container], context, options),
    );
  }

  /** Removes a container with all it holds. @param options `force` kills it if it runs */
  async remove(
    machine: string,
    container: string,
    options: { readonly force?: boolean } = {},
  ): Promise<void> {
    await withMachines(
      this.#host,
      (context) => removeContainer(findMachine(machine, context).spec, container, context, options),
    );
  }

  /** Runs a program in a container that runs. */
  open(
    machine: string,
    container: string,
    program: Omit<ProgramWish, "stdin">,
    options: SessionOptions = {},
  ): Session {
    return openSession(
      this.#host,
      program,
      options,
      (request) =>
        withMachines(this.#host, (context) => placeInContainer(machine, container, request, context)),
    );
  }
}

/** Images of this user. */
export class Images {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Gets an image from its registry, or what is new of it. */
  async pull(name: string, options: PullOptions = {}): Promise<Image> {
    using store = await openImages(this.#host);
    return await store.pull({ text: name, reference: parseReference(name) }, {
      ...options,
      policy: "always",
    });
  }

  /** Takes images from an archive or a folder. @param options `name` names the image, a must for a root folder */
  async load(source: string, options: PlanOptions & { readonly name?: string } = {}): Promise<Image[]> {
    const name = options.name === undefined ? {} : { name: parseReference(options.name) };
    using store = await openImages(this.#host);
    return await store.load(source, { ...options, name: undefined, ...name });
  }

  /** All images, newest first. */
  async list(): Promise<Image[]> {
    using store = await openImages(this.#host);
    return await store.list();
  }

  /** An image by its name or id. @throws {SmolvmError} kind `image` when there is none */
  async find(name: string): Promise<Image> {
    using store = await openImages(this.#host);
    return await store.inspect(parseImageName(name));
  }

  /** Gives an image one more name, which another image may have until then. @param source its name or id */
  async tag(source: string, target: string): Promise<Image> {
    return await tagImage(parseImageName(source), parseReference(target), this.#host);
  }

  /** Images by their names or ids as one archive, which docker load and readers of OCI layouts take. */
  save(names: readonly string[]): ReadableStream<Uint8Array> {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    saveImages(names.map(parseImageName), this.#host, (bytes) => writer.write(bytes))
      .then(() => writer.close(), (reason) => writer.abort(reason)).catch(() => {});
    return readable;
  }

  /** Removes a name, and the image with its last name. */
  async remove(name: string, options: { readonly force?: boolean } = {}): Promise<void> {
    await removeImages([parseImageName(name)], this.#host, options);
  }

  /** Removes images without a name that nobody is made of. @returns how many bytes that freed */
  async prune(options: { readonly all?: boolean } = {}): Promise<number> {
    return (await pruneImages(this.#host, options)).bytes;
  }
}

function imageWish(wish: ImageCommand) {
  const { image, pull = "missing", insecure, command = [], env = [], entrypoint, cwd, user } = wish;
  const process: ProcessFlags = {
    command,
    env,
    ...(entrypoint !== undefined && { entrypoint }),
    ...(cwd !== undefined && { cwd }),
    ...(user !== undefined && { user }),
  };
  return {
    name: parseImageName(image),
    process,
    policy: pull,
    ...(insecure !== undefined && { insecure }),
  };
}

function openSession(
  host: Host,
  program: Omit<ProgramWish, "stdin">,
  options: SessionOptions,
  place: (request: ProgramRequest) => Promise<SessionPlace>,
): Session {
  const request = programRequest({ ...program, stdin: options.stdin !== undefined }, host);
  return new Session(
    (parts) => runSession(() => place(request), { ...parts, program: program.argv[0] ?? "" }),
    options,
  );
}
