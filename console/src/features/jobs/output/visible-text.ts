// Makes what a job wrote safe and readable on a screen: no control character takes effect, none is hidden. Pure.
//
// Colour and cursor sequences of terminals (CSI, OSC) are left out, for every build tool writes them; all other control characters become
// their visible pictures. Direction controls are shown by number: they could make a line read as something else than it is.

// oxlint-disable-next-line no-control-regex -- control characters are the matter here
const terminalSequence = /\u001B(?:\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\))/g;
// oxlint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
const directionControl = /[\u200E\u200F\u202A-\u202E\u2066-\u2069\u2028\u2029\uFEFF]/g;

const picture = (character: string): string => {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return hexMark(code);
};

const hexMark = (code: number): string => `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;

export const toVisibleText = (text: string): string =>
  text
    .replaceAll(terminalSequence, '')
    .replaceAll(controlCharacter, picture)
    .replaceAll(directionControl, (character) => hexMark(character.charCodeAt(0)));
