// 日本語の文言: サインイン、パスワード、ユーザ。
import type { Translations } from '../en.ts';

export const accessJa: Pick<Translations, 'access'> = {
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
      text: 'ワンタイムパスワードはここまでです。新しいパスワードを決めてください。',
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
};
