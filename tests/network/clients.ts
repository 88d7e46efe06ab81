/**
 * What real clients do on a small internet, each with what it has to print; and what our gateway and QEMU's user network
 * (libslirp) do otherwise, on purpose.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { APK, SITE } from "../harness/client_files.ts";
import { HOST_ADDRESS } from "../harness/small_internet.ts";

/** A client at work. */
export interface Client {
  readonly name: string;
  /** Programs without which it is left out. */
  readonly needs: readonly string[];
  readonly script: string;
  /** What it prints; `$large` is the SHA-256 of the large file. */
  readonly prints: string;
}

const socketClient = fileURLToPath(new URL("socket_client.ts", import.meta.url));
const https = `https://${SITE}`;

/** The clients. @param folder of client_files.ts */
export function clientsOf(folder: string): Client[] {
  const ca = `${folder}/ca.crt`;
  const curl = `curl -sS -m 60 --cacert ${ca}`;
  return [
    {
      name: "curl over https: download, upload, IPv6",
      needs: ["curl"],
      script: `${curl} --http1.1 -w '%{http_version}\\n' -o large ${https}/large; sum < large
        ${curl} --http1.1 --data-binary @large ${https}/digest; ${curl} -6 ${https}/large | sum`,
      prints: "1.1 $large $large $large",
    },
    {
      name: "curl by HTTP/2: large files both ways, and twenty files at once on one connection",
      needs: ["curl"],
      script: `${curl} --http2 -w '%{http_version}\\n' -o large ${https}/large; sum < large
        ${curl} --http2 --data-binary @large ${https}/digest
        ${curl} --http2 -Z --parallel-max 20 -o 'part#1' "${https}/large?[1-20]"; cat part* | sum
        for n in $(seq 20); do cat large; done | sum > whole; cat part* | sum | cmp - whole && echo same`,
      prints: "2 $large $large $twenty same",
    },
    {
      name: "wget: from http to https, and a download that goes on where it was broken off",
      needs: ["wget"],
      script: `wget -q -T 60 --ca-certificate=${ca} http://${SITE}/large -O large; sum < large
        truncate -s 1000000 large; wget -q -c --ca-certificate=${ca} ${https}/large -O large; sum < large`,
      prints: "$large $large",
    },
    {
      name: "apk installs a package by its own resolver's names (musl)",
      needs: [APK.split(" ")[0] ?? ""],
      script: `export SSL_CERT_FILE=${ca} SSL_CERT_DIR=/nowhere; arch=x86_64
        ${APK} add -q --root root --initdb --arch $arch --allow-untrusted -X ${https}/apk hello; cat root/usr/share/hello/word`,
      prints: "apk has it",
    },
    {
      name: "pip installs a package",
      needs: ["python3"],
      script: `export PIP_CONFIG_FILE=/dev/null
        python3 -m pip install -q --disable-pip-version-check --no-cache-dir --root-user-action=ignore --cert ${ca} \\
          --index-url ${https}/pip/ --target there hello; PYTHONPATH=there python3 -c 'import hello; print(hello.word)'`,
      prints: "pip has it",
    },
    {
      name: "npm installs a package",
      needs: ["npm", "node"],
      script: `export npm_config_cafile=${ca} npm_config_fetch_retries=0 npm_config_update_notifier=false
        npm install --silent --no-audit --no-fund --cache cache --registry ${https}/npm/ hello > said || cat said
        node -p 'require("hello")'`,
      prints: "npm has it",
    },
    {
      name: "git over https: clone, and push of 5 MB",
      needs: ["git"],
      script: `export GIT_SSL_CAINFO=${ca} GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null; ${
        gitWork(`${https}/repo.git`)
      }`,
      prints: "$large pushed",
    },
    {
      name: "git over ssh: clone, and push of 5 MB",
      needs: ["git", "ssh", "dropbear"],
      script: `export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
        export GIT_SSH_COMMAND="ssh -F /dev/null -i ${folder}/keys/client -o UserKnownHostsFile=${folder}/keys/known_hosts -o BatchMode=yes"
        ${gitWork(`root@${SITE}:${folder}/files/repo.git`)}`,
      prints: "$large pushed",
    },
    {
      name: "psql: TLS that begins within a connection, and rows both ways",
      needs: ["psql", "initdb"],
      script:
        `export PGHOST=${SITE} PGUSER=guest PGDATABASE=postgres PGSSLMODE=verify-full PGSSLROOTCERT=${ca} PGCONNECT_TIMEOUT=60
        psql -qAt -c "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
        seq 200000 > rows; psql -q -c "create temp table t(n int)" -c "\\copy t from rows" -c "\\copy t to back"; cmp rows back && echo same`,
      prints: "t same",
    },
    {
      name: "a WebSocket carries messages of up to 1 MB both ways, and is told when its peer ends",
      needs: [],
      script: `${Deno.execPath()} run -A --quiet --cert ${ca} ${socketClient} wss://${SITE}/`,
      prints: "1 125 126 65535 65536 1000000 ended",
    },
    {
      name: "names: both families, and one that is not there fails at once",
      needs: ["getent"],
      script:
        `getent ahostsv4 ${SITE} | awk '/STREAM/ { print $1 }'; getent ahostsv6 ${SITE} | awk '/STREAM/ { print $1 }'
        timeout 5 getent hosts nosuch.example.net; echo $?`,
      prints: "198.51.100.10 2001:db8::10 2",
    },
  ];
}

function gitWork(url: string): string {
  return `git clone -q ${url} copy && cd copy && sum < large
    head -c 5000000 /dev/urandom > more; git add more; git -c user.name=a -c user.email=a@b commit -qm more
    git push -q origin HEAD:refs/heads/more-$$ && git ls-remote -q origin "refs/heads/more-$$" | grep -c . | sed s/1/pushed/`;
}

/** Something that both networks do, and what each of them makes of it. docs/network.md has a line for each. */
export interface Difference {
  readonly name: string;
  readonly script: string;
  readonly ours: string;
  readonly libslirp: string;
}

/** Connects by bash's own means: what the server says last, or why there is no connection. */
const TALK = `talk() {
    exec 3<> /dev/tcp/$1/$2 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 5 head -n 1 <&3; exec 3>&-
  } 2>&1; brief() { grep -oE 'refused|HTTP/1.[01] [0-9]+' | head -n 1; }`;

/** Sends one datagram to a port where nobody listens; prints what becomes of it within a second. */
const DATAGRAM = `python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(1); s.connect(("198.51.100.10", 1234)); s.send(b"x")
try: s.recv(9)
except Exception as error: print({socket.timeout: "TimeoutError"}.get(type(error), type(error).__name__))'`;

const ping = (where: string) => `ping -c 1 -W 1 ${where} | grep -oE '[0-9]+% packet loss'`;

/** The differences. */
export const differences: readonly Difference[] = [
  {
    name: "this host's loopback, by the gateway's address",
    script: `${TALK}; talk 10.0.2.2 8080 | brief`,
    ours: "refused",
    libslirp: "HTTP/1.0 200",
  },
  {
    name: "this host's own address",
    script: `${TALK}; talk ${HOST_ADDRESS} 8080 | brief`,
    ours: "refused",
    libslirp: "HTTP/1.0 200",
  },
  {
    name: "a cloud's metadata service",
    script: `${TALK}; talk 169.254.169.254 80 | brief`,
    ours: "refused",
    libslirp: "HTTP/1.0 302",
  },
  {
    name: "a ping to the gateway",
    script: ping("10.0.2.2"),
    ours: "0% packet loss",
    libslirp: "0% packet loss",
  },
  {
    // libslirp takes a raw socket where it is root.
    name: "a ping to a server",
    script: ping("198.51.100.10"),
    ours: "100% packet loss",
    libslirp: "0% packet loss",
  },
  {
    name: "a datagram to a port where nobody listens",
    script: DATAGRAM,
    ours: "TimeoutError",
    libslirp: "ConnectionRefusedError",
  },
];
