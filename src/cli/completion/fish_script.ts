/**
 * The script for fish, from 3.0 on. Pure.
 *
 * @module
 */

/** The script. @param program the smolvm to ask where the typed one is not in PATH, quoted */
export function fishScript(program: string): string {
  return `# smolvm for fish: smolvm completion fish | source
function __smolvm_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    type -fq -- $program; or set program ${program}
    set -l lines ($program _complete $words[2..-1] "$current" 2>/dev/null </dev/null)
    set -q lines[2]; and printf '%s\\n' $lines[2..-1]
    if string match -q '*files*' -- "$lines[1]"
        set -l option (string match -r '^--[^=]*=' -- "$current")
        printf '%s\\n' "$option"(__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current"))
    end
end
complete -c smolvm -f -k -a '(__smolvm_complete)'
`;
}
