// English texts of variables: inputs of parameters, outputs of units, references to nets, kept secrets.

export const variablesEn = {
  parameter: {
    choose: 'Choose …',
    yes: 'Yes',
    no: 'No',
    keptSecret: 'A kept secret is used unless you type another one',
    between: '{{min}} to {{max}}',
    atLeast: '{{min}} or more',
    atMost: '{{max}} or less',
    problem: {
      length: 'Between {{from}} and {{to}} characters are needed.',
      pattern: 'It must fit {{pattern}}.',
      number: 'A number within the bounds is needed.',
      choice: 'Choose one of the values.',
      date: 'A day is needed.',
      secret:
        'Between {{from}} and {{to}} characters are needed; a shorter secret cannot be hidden in outputs.',
    },
  },
  outputs: {
    title: 'Outputs of the units',
    none: 'No unit has given an output yet.',
    secret: 'secret',
    reference: 'Given to {{net}}',
    of: 'Job net',
    revision: 'revision {{revision}}',
  },
  preview: {
    open: 'Show what the agent is given',
    title: 'What the agent is given',
    command: 'What is run',
    nodes: 'Runs on',
    stdin: 'Standard input',
  },
  secrets: {
    title: 'Secrets',
    text: 'Passwords and keys that job nets name as {{place}}. Their values are kept sealed and shown to nobody.',
    set: 'Set a secret',
    setAgain: 'Set anew',
    name: 'Name',
    value: 'Value',
    valueHint: 'Shown to nobody from here on. In what a command writes, *** stands in its place.',
    description: 'Description',
    usedBy: 'Named by',
    updated: 'Set',
    updatedBy: 'Set by',
    lost: 'Cannot be opened with the key of this manager: set it anew.',
    delete: 'Delete',
    deleteTitle: 'Delete the secret {{name}}?',
    deleteText: 'Job nets that name it would be refused at their start.',
    none: {
      title: 'No secret is kept',
      text: 'Set one, and name it in a job net under environment, stdin or files.',
    },
  },
};
