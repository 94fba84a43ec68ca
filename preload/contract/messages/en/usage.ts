/** What is wrong with a command line: each fills a place of `problem.bad-usage`. */
export const usage = {
  'usage.holds-token':
    'that looks like a token; make a new one, since others may have read it there. Its place is DISCORD_TOKEN or the file of --token-file',
  'usage.command-missing': 'a command is missing: one of {commands}',
  'usage.unknown-command': 'unknown command: {word}',
  'usage.unknown-option': 'unknown option: {option}',
  'usage.option-of-another': 'unknown option: {option} of {command}',
  'usage.too-many-words': 'too many words: {word}',
  'usage.takes-no-value': '{option} takes no value',
  'usage.needs-value': '{option} needs a value',
  'usage.not-both': '{one} and {other} exclude each other',
  'usage.needs': '{what} needs {option}',
  'usage.needs-recording': "{command} needs a recording's folder",
  'usage.empty-place': '{option} has an empty place between its commas',
  'usage.not-one-of': '{option} {word} is none of {choices}',
  'usage.not-an-id': '{option} {word} is not a Discord id',
  'usage.not-above-zero': '{option} {word} is not a number above zero',
  'usage.not-whole': '{option} {word} is not a whole number from 0 to {most}',
  'usage.more-than': '{option} {word} is more than {most}',
  'usage.not-a-time': '{option} {word} is neither seconds nor H:MM:SS',
  'usage.to-not-after-start': '--to {word} is not after the start',
  'usage.to-not-after-from': '--to {word} is not after --from',
  'usage.cannot-ask':
    'what {command} deletes does not come back, and there is no terminal to ask on. Add {option} when you are sure',
  'usage.port-taken': '--port {word} cannot be had ({code})',
  'usage.not-an-address': '{word} is not the address of an API',
} as const;
