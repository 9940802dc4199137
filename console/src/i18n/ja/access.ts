// 日本語の文言: サインイン、パスワード、ユーザ。
import type { Translations } from '../en.ts';

export const accessJa: Pick<Translations, 'access' | 'account'> = {
  access: {
    tagline: '運用を見守る、寝ず番',
    showPassword: 'パスワードの表示/非表示',
    signIn: {
      title: 'サインイン',
      user: 'ユーザ名',
      password: 'パスワード',
      submit: 'サインイン',
      firstTime:
        '初回は、ユーザ名 admin と、マネージャを起動した端末に表示されたワンタイムパスワードでサインインします。',
    },
    first: {
      title: 'パスワードの設定',
      text: 'ワンタイムパスワードは一度しか使えません。新しいパスワードを設定してください。',
      current: 'ワンタイムパスワード',
    },
    password: {
      current: '現在のパスワード',
      next: '新しいパスワード',
      repeat: '新しいパスワード(確認)',
      rule: '{{count}} 文字以上',
      differs: '2 つのパスワードが一致しません',
      submit: 'パスワードを変更',
    },
  },
  account: {
    title: 'アカウント',
    password: {
      title: 'パスワード',
      text: '変更すると、ほかのブラウザでのサインインはすべて終了します。',
      done: 'パスワードを変更しました。',
    },
    tokens: {
      title: 'API トークン',
      text: 'コマンドラインやプログラムから使います。自分の権限を超えることはできません。必要な権限だけを与えてください。',
    },
    'sign-ins': {
      title: 'サインイン',
      text: 'サインイン中のブラウザの一覧です。心当たりのないものは終了させ、パスワードを変更してください。',
    },
  },
};
