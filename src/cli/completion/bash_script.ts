/**
 * The script for bash, from 3.2 on, which needs no bash-completion. Pure.
 *
 * bash splits the words of a line at `:`, `=` and `@`, too (COMP_WORDBREAKS), and replaces the last piece alone: the
 * script joins pieces with no space between them, and takes what stands before the last piece off each candidate.
 *
 * @module
 */

/** The script. @param program the smolvm to ask where the typed one is not in PATH, quoted */
export function bashScript(program: string): string {
  return `# smolvm for bash: source <(smolvm completion bash)
_smolvm() {
  local program=\${COMP_WORDS[0]} line=\${COMP_LINE-} piece= last= n=-1 i prefix flags= candidate
  local -a words
  words=()
  line=\${line#*"$program"}
  for ((i = 1; i <= COMP_CWORD; i++)); do
    last=$piece
    piece=\${COMP_WORDS[i]}
    if ((n >= 0)) && [[ $piece == [=:@]* || $last == *[=:@] ]] && [[ -z \${COMP_LINE-} || $line != [[:space:]]* ]]
    then words[n]=\${words[n]}$piece
    else words[++n]=$piece
    fi
    line=\${line#"\${line%%[![:space:]]*}"}
    line=\${line#"$piece"}
  done
  [[ $piece == [=:@] ]] && piece=
  prefix=\${words[n]%"$piece"}
  [[ $program == '~/'* ]] && program=$HOME/\${program#'~/'}
  type -P -- "$program" > /dev/null || program=${program}
  COMPREPLY=()
  {
    IFS= read -r flags
    while IFS=$'\\t' read -r candidate _; do COMPREPLY+=("\${candidate#"$prefix"}"); done
  } < <("$program" _complete "\${words[@]}" 2> /dev/null < /dev/null)
  if [[ $flags == *files* ]]; then
    ((\${#COMPREPLY[@]} > 0)) || compopt -o filenames 2> /dev/null
    while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$piece")
  fi
  [[ $flags == *open* ]] && compopt -o nospace 2> /dev/null
  return 0
}
complete -F _smolvm smolvm
`;
}
