// Whether a password may be taken: length, the user's own name, what everybody tries first. Pure.
// Called by the change of a password; not responsible for former passwords, which are known by their hashes alone.

export type PasswordWish = {
  readonly password: string;
  readonly userName: string;
  readonly lengthMin: number;
};

/** A name of two letters is part of many words. */
const NAME_LENGTH_MIN = 3;

/** Why the password is refused, as the end of "must ..."; null: it is not. Compared as typed on any system, in small letters. */
export const judgePassword = ({ password, userName, lengthMin }: PasswordWish): string | null => {
  const [plain, name] = [fold(password), fold(userName)];
  const length = Array.from(password).length;
  if (length < lengthMin) return `must have at least ${lengthMin} characters`;
  if (
    name.length >= NAME_LENGTH_MIN &&
    (plain.includes(name) || plain.includes(Array.from(name).toReversed().join('')))
  )
    return 'must not hold the name of the user';
  if (new Set(plain).size < DISTINCT_MIN) return `must have at least ${DISTINCT_MIN} different characters`;
  if (isCommon(plain)) return 'must not be one of those that are tried first';
  return null;
};

const DISTINCT_MIN = 4;

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Also with digits or marks behind, as people add them to pass a rule. */
const isCommon = (plain: string): boolean =>
  common.has(plain) || common.has(plain.replace(/[\d!?.@#$%&*_-]+$/u, '')) || isRun(plain);

/** One run of neighbours: `12345678`, `abcdefgh`, `87654321`, and the rows of a keyboard. */
const isRun = (plain: string): boolean => {
  const steps = new Set(
    Array.from(plain)
      .slice(1)
      .map((letter, index) => (letter.codePointAt(0) ?? 0) - (plain.codePointAt(index) ?? 0)),
  );
  const [step] = steps;
  if (steps.size === 1 && step !== undefined && Math.abs(step) <= 1) return true;
  return keyboardRows.some((row) => row.includes(plain));
};

const keyboardRows = ['1234567890', '0987654321', 'qwertyuiop', 'poiuytrewq', 'asdfghjkl', 'zxcvbnm'].map(
  (row) => row.repeat(4),
);

/** From published lists of the most used ones, and what is set at delivery. Words without the digits that `isCommon` takes off. */
const common: ReadonlySet<string> = new Set(
  `password passw0rd p@ssword p@ssw0rd pass passwort motdepasse contrasena admin administrator adminadmin root toor
   rootroot letmein welcome welcome1 changeme change changeit secret topsecret default guest user test testtest testing
   temp temporary master monkey dragon football baseball superman batman iloveyou sunshine princess shadow michael
   jennifer trustno trustno1 qwerty qwerty123 qwertz azerty 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc qazwsx qazwsxedc
   zaq12wsx q1w2e3r4 q1w2e3r4t5 abc123 abcd1234 a1b2c3d4 aa123456 123abc 123qwe 123123 123123123 123321 112233
   11223344 12341234 147258369 159357 159753 987654321 hello helloworld whatever freedom access system manager
   operator oracle postgres nezuban hinemos company office summer winter spring autumn sakura nippon japan tokyo
   doraemon pokemon arigatou konnichiwa aishiteru himitsu pasuwado パスワード ひみつ`
    .split(/\s+/)
    .map((word) => word.normalize('NFKC')),
);
