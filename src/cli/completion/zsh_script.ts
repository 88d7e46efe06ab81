/**
 * The script for zsh: to be sourced, or a file `_smolvm` in a folder of fpath. Pure.
 *
 * @module
 */

/** The script. @param program the smolvm to ask where the typed one is not in PATH, quoted */
export function zshScript(program: string): string {
  return `#compdef smolvm
# smolvm for zsh: source <(smolvm completion zsh)
_smolvm() {
  local program=\${(Q)words[1]} line flags
  local -a lines described suffix
  program=\${program/#\\~\\//$HOME/}
  whence -p -- "$program" > /dev/null || program=${program}
  lines=("\${(@f)$("$program" _complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2> /dev/null < /dev/null)}")
  flags=$lines[1]
  for line in "\${(@)lines[2,-1]}"; do
    described+=("\${\${line%%$'\\t'*}//:/\\\\:}\${\${line#*$'\\t'}:+:\${line#*$'\\t'}}")
  done
  [[ $flags == *open* ]] && suffix=(-S '')
  ((\${#described} > 0)) && _describe -t smolvm smolvm described "\${suffix[@]}"
  if [[ $flags == *files* ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files
  fi
}
if [[ \${funcstack[1]} == _smolvm ]]; then
  _smolvm "$@"
else
  (($+functions[compdef])) || { autoload -Uz compinit && compinit; }
  compdef _smolvm smolvm
fi
`;
}
