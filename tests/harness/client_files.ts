/**
 * What the servers of client_servers.ts serve, and what their clients have to know: an authority with a certificate, a
 * large file, a repository of git's, one package each for pip, npm and apk, keys for SSH, and a database.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Name that all of it is served under. */
export const SITE = "www.example.net";

/** Alpine's own apk, as the bundled image has it, by its loader: it needs nothing else of that image. */
const alpine = fileURLToPath(new URL(`../../.cache/build/${Deno.build.arch}-linux/alpine`, import.meta.url));
const loader = `${alpine}/lib/ld-musl-${Deno.build.arch}.so.1`;
export const APK = `${loader} --library-path ${alpine}/usr/lib:${alpine}/lib ${alpine}/sbin/apk`;

/** Folder of PostgreSQL's programs, which Debian puts into no PATH. */
const POSTGRES = "$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)";

/** User of the database's files: the server refuses to be root. */
export const NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups";

const MAKE = `
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=smolvm-test -keyout ca.key -out ca.crt
  echo 'subjectAltName=DNS:${SITE}' > names
  openssl req -newkey rsa:2048 -nodes -subj /CN=${SITE} -keyout server.key -out server.csr
  openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt

  mkdir -p files/pip/hello files/apk/x86_64 home/.ssh keys
  head -c 5000000 /dev/urandom > files/large

  git init -q --bare files/repo.git
  git init -q work; cd work
  cp ../files/large .; git add large
  git -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -qm first
  git push -q ../files/repo.git HEAD:refs/heads/main; cd ..
  git -C files/repo.git symbolic-ref HEAD refs/heads/main
  git -C files/repo.git config http.receivepack true

  mkdir -p wheel/hello wheel/hello-1.0.dist-info; cd wheel
  echo 'word = "pip has it"' > hello/__init__.py
  printf 'Metadata-Version: 2.1\\nName: hello\\nVersion: 1.0\\n' > hello-1.0.dist-info/METADATA
  printf 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n' > hello-1.0.dist-info/WHEEL
  printf 'hello/__init__.py,,\\nhello-1.0.dist-info/METADATA,,\\nhello-1.0.dist-info/WHEEL,,\\nhello-1.0.dist-info/RECORD,,\\n' > hello-1.0.dist-info/RECORD
  python3 -m zipfile -c ../files/pip/hello/hello-1.0-py3-none-any.whl hello hello-1.0.dist-info; cd ..
  echo '<a href="hello-1.0-py3-none-any.whl">hello-1.0-py3-none-any.whl</a>' > files/pip/hello/index.html

  mkdir -p npm/package files/npm
  echo '{"name":"hello","version":"1.0.0","main":"main.js"}' > npm/package/package.json
  echo 'module.exports = "npm has it"' > npm/package/main.js
  tar -C npm -czf files/npm/hello-1.0.0.tgz package
  cat > files/npm/hello << END
{"name":"hello","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"hello","version":"1.0.0",
"dist":{"tarball":"https://${SITE}/npm/hello-1.0.0.tgz","shasum":"$(sha1sum < files/npm/hello-1.0.0.tgz | cut -c1-40)"}}}}
END

  mkdir -p alpine/usr/share/hello; echo 'apk has it' > alpine/usr/share/hello/word
  package=files/apk/x86_64/hello-1.0-r0.apk
  if [ -e ${loader} ]; then
    ${APK} mkpkg -F alpine -I name:hello -I version:1.0-r0 -I arch:x86_64 -I description:x -o $package
    ${APK} mkndx --allow-untrusted -o files/apk/x86_64/APKINDEX.tar.gz $package
  fi

  if command -v dropbearkey > /dev/null; then
    dropbearkey -t ed25519 -f keys/server
    ssh-keygen -q -t ed25519 -N '' -f keys/client
    cp keys/client.pub home/.ssh/authorized_keys; chmod 700 home home/.ssh; chmod 600 home/.ssh/*
    echo "${SITE} $(dropbearkey -y -f keys/server | grep ^ssh-)" > keys/known_hosts
  fi

  if ls -d /usr/lib/postgresql/*/bin > /dev/null; then
    mkdir database; cp server.crt server.key database; chmod 600 database/server.key; chown -R 65534:65534 database
    chmod 755 .
    ${NOBODY} ${POSTGRES}/initdb -D database/data -U guest -A trust --no-sync
    cp -p database/server.* database/data
    echo 'hostssl all all all trust' > database/data/pg_hba.conf
    printf '%s\\n' "listen_addresses = '*'" 'ssl = on' 'fsync = off' "unix_socket_directories = ''" >> database/data/postgresql.conf
  fi`;

/** Makes the folder, which must be there and empty. @throws {Error} with what a program said */
export async function makeClientFiles(folder: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("bash", { args: ["-ec", MAKE], cwd: folder })
    .output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(`Cannot make what clients are served: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}

/** Has PostgreSQL serve the folder's database, in the foreground. */
export const SERVE_DATABASE = `exec ${NOBODY} ${POSTGRES}/postgres -D database/data`;

/** Has dropbear serve root with the folder's keys; what it binds over root's home is seen by it alone. */
export const SERVE_SSH = "mount --bind home /root && exec dropbear -F -E -p 22 -r keys/server";
