// Makes a value from elsewhere safe and plain to show on one line of a terminal: control characters and direction overrides,
// which could move the cursor or disguise a name, are shown as escapes. Pure. Job output itself is not touched by this.

// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const escape = (character: string): string => {
  if (character === '\n') return '\\n';
  if (character === '\t') return ' ';
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code}`;
};

/** One line, without anything a terminal would act on. */
export const visible = (text: string): string => text.replaceAll(unsafe, escape);
