/**
 * Waits for descriptors: one epoll instance and one blocked thread for all of them, so that an idle agent
 * uses no CPU and a busy one no more threads.
 *
 * @module
 */
import { check, libc } from "./libc.ts";
import { packedEpollEvent } from "./processor.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 0x001;
const EPOLLOUT = 0x004;
const EPOLLONESHOT = 1 << 30;

const EVENT_BYTES = packedEpollEvent ? 12 : 16;
const DATA_OFFSET = packedEpollEvent ? 4 : 8;
const MAX_EVENTS = 64;

/** Which way a descriptor is waited for. */
export type Interest = "read" | "write";

/** A descriptor that is waited for again within this time after it was ready, in milliseconds, may be in flow. */
const FLOW_MILLISECONDS = 4;

/** After how many such waits in a row a descriptor is in flow: a message and its answer make fewer. */
const FLOW_TURNS = 2;

/** How long a descriptor in flow is not asked about, in milliseconds: 0 is one turn of the event loop. */
const PAUSE_MILLISECONDS = 0;

interface Watch {
  waiters: { read?: () => void; write?: () => void };
  /** When each was settled last. */
  readonly settled: { read: number; write: number };
  /** How many waits in a row each had within FLOW_MILLISECONDS. */
  readonly turns: { read: number; write: number };
}

/** The event loop's side of epoll. */
export class Reactor {
  readonly #epoll = check("epoll_create1", libc.epoll_create1(EPOLL_CLOEXEC));
  readonly #watches = new Map<number, Watch>();
  #running = false;

  /**
   * Settles when the descriptor may be read or written, or has failed: the next call on it tells which.
   * One wait per descriptor and direction at a time.
   *
   * For a descriptor in flow epoll is not asked: the wait is one turn of the event loop, in which more bytes or
   * more room can gather. A peer that sends small pieces would else cost a wait in another thread for each.
   */
  ready(fd: number, interest: Interest): Promise<void> {
    const known = this.#watches.get(fd);
    const watch = known ?? { waiters: {}, settled: { read: 0, write: 0 }, turns: { read: 0, write: 0 } };
    this.#watches.set(fd, watch);
    const soon = known !== undefined && performance.now() - watch.settled[interest] < FLOW_MILLISECONDS;
    watch.turns[interest] = soon ? watch.turns[interest] + 1 : 0;
    if (watch.turns[interest] > FLOW_TURNS) {
      return new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
    const settled = new Promise<void>((resolve) => watch.waiters[interest] = resolve);
    this.#arm(fd, watch, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD);
    if (!this.#running) void this.#run();
    return settled;
  }

  /** Forgets a descriptor that is about to be closed; its waiters are let go. */
  forget(fd: number): void {
    const watch = this.#watches.get(fd);
    if (!watch) return;
    this.#watches.delete(fd);
    libc.epoll_ctl(this.#epoll, EPOLL_CTL_DEL, fd, null);
    watch.waiters.read?.();
    watch.waiters.write?.();
  }

  #arm(fd: number, watch: Watch, operation: number): void {
    const events = (watch.waiters.read ? EPOLLIN : 0) | (watch.waiters.write ? EPOLLOUT : 0) | EPOLLONESHOT;
    const event = new Uint8Array(EVENT_BYTES);
    const view = new DataView(event.buffer);
    view.setUint32(0, events >>> 0, true);
    view.setInt32(DATA_OFFSET, fd, true);
    check("epoll_ctl", libc.epoll_ctl(this.#epoll, operation, fd, event));
  }

  /** Waits as long as a descriptor is watched. epoll_ctl(2) also changes what a wait that has begun waits for. */
  async #run(): Promise<void> {
    this.#running = true;
    const events = new Uint8Array(EVENT_BYTES * MAX_EVENTS);
    const view = new DataView(events.buffer);
    while (this.#watches.size > 0) {
      const count = await libc.epoll_wait(this.#epoll, events, MAX_EVENTS, -1);
      for (let index = 0; index < count; index++) {
        const at = index * EVENT_BYTES;
        this.#dispatch(view.getInt32(at + DATA_OFFSET, true), view.getUint32(at, true));
      }
    }
    this.#running = false;
  }

  #dispatch(fd: number, events: number): void {
    const watch = this.#watches.get(fd);
    if (!watch) return;
    const { read, write } = watch.waiters;
    const failed = (events & ~(EPOLLIN | EPOLLOUT)) !== 0;
    if (read && (failed || events & EPOLLIN)) {
      delete watch.waiters.read;
      watch.settled.read = performance.now();
      read();
    }
    if (write && (failed || events & EPOLLOUT)) {
      delete watch.waiters.write;
      watch.settled.write = performance.now();
      write();
    }
    if (watch.waiters.read || watch.waiters.write) this.#arm(fd, watch, EPOLL_CTL_MOD);
  }
}

/** The agent's only reactor. */
export const reactor = new Reactor();
