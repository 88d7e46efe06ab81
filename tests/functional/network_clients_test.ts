/**
 * Real clients inside real VMs, with the host's own and with the bundled image's, against the servers of a small
 * internet: what they load and send is whole. tests/network/clients_test.ts has more of them, without a VM.
 *
 * @module
 */
import { assertEquals } from "../harness/assert.ts";
import { makeClientFiles, SITE } from "../harness/client_files.ts";
import { dockerArchive } from "../harness/docker_archive.ts";
import { hostPrograms } from "../harness/host_programs.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { canMakeCards, SmallInternet } from "../harness/small_internet.ts";

/** Namespaces take root; the kernel of the lab, in which krun is tested, has no pairs of cards (veth). */
const ignore = Deno.uid() !== 0 || !canMakeCards();

const CLIENTS = ["sh", "cat", "cut", "sha256sum", "curl", "wget", "git", "git-remote-https"];

Deno.test({
  name:
    "in a VM with --net curl, wget and git load over https what its server has, curl sends it back, and apk installs",
  ignore,
  fn: async () => {
    await using undo = new AsyncDisposableStack();
    const temporary = async (): Promise<string> => {
      const made = await Deno.makeTempDir({ prefix: "smolvm-clients-" });
      undo.defer(() => Deno.remove(made, { recursive: true }));
      return made;
    };
    // A user of its own has the database below the served files: no folder above them is closed to it.
    const [served, folder] = [await temporary(), await temporary()];
    await makeClientFiles(served);
    await hostPrograms(`${folder}/root`, CLIENTS);
    await Deno.copyFile(`${served}/ca.crt`, `${folder}/root/ca.crt`);
    await dockerArchive(`${folder}/root`, "clients:latest", `${folder}/clients.tar`);
    const internet = undo.use(await SmallInternet.open(served));
    const home = undo.use(internet.home((binary) => new MachineHome(binary)));
    assertEquals((await home.run(["image", "load", `${folder}/clients.tar`])).code, 0);

    const script = `
      sum() { sha256sum | cut -c 1-64; }
      curl -sS -m 90 --cacert /ca.crt https://${SITE}/large | sum
      wget -q -T 90 --ca-certificate=/ca.crt -O- http://${SITE}/large | sum
      GIT_SSL_CAINFO=/ca.crt git clone -q --template= https://${SITE}/repo.git there; sum < there/large
      curl -sS -m 90 --cacert /ca.crt --data-binary @there/large https://${SITE}/digest`;
    const loaded = await home.vm("run", "--net", "clients", "sh", "-c", script);
    const large = new Uint8Array(
      await crypto.subtle.digest("SHA-256", await Deno.readFile(`${served}/files/large`)),
    ).toHex();
    assertEquals([loaded.code, loaded.stdout.trim().split(/\s+/), loaded.stderr], [
      0,
      Array(4).fill(large),
      "",
    ]);

    const apk = `cat > /ca.crt; export SSL_CERT_FILE=/ca.crt; echo https://${SITE}/apk > /etc/apk/repositories
      apk add -q --allow-untrusted hello; cat /usr/share/hello/word`;
    const words = ["vm", "run", "-i", "--allow-host", SITE, "alpine", "sh", "-c", apk];
    const installed = await home.run(words, { stdin: await Deno.readTextFile(`${served}/ca.crt`) });
    assertEquals([installed.code, installed.stdout, installed.stderr], [0, "apk has it\n", ""]);
  },
});
