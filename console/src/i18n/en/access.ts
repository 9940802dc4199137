// English texts of sign-in, passwords and users.

export const accessEn = {
  access: {
    tagline: 'The sleepless watch over your operations',
    showPassword: 'Show or hide the password',
    signIn: {
      title: 'Sign in',
      user: 'User',
      password: 'Password',
      submit: 'Sign in',
      firstTime:
        'First time here? The user is admin; the one-time password stands in the terminal where the manager was started.',
    },
    first: {
      title: 'Choose a password',
      text: 'The one-time password ends here. Choose one of your own.',
      current: 'One-time password',
    },
    password: {
      current: 'Current password',
      next: 'New password',
      repeat: 'New password again',
      rule: 'At least {{count}} characters',
      differs: 'The two do not match',
      submit: 'Change password',
    },
  },
  account: {
    title: 'Own account',
    password: {
      title: 'Password',
      text: 'Changing it ends all your other sign-ins.',
      done: 'The password has been changed.',
    },
    tokens: {
      title: 'API tokens',
      text: 'For the command line and for programs. A token may never do more than you; give it only what it needs.',
    },
    'sign-ins': {
      title: 'Sign-ins',
      text: 'Browsers in which you are signed in. End those that you do not know, and change your password.',
    },
  },
};
