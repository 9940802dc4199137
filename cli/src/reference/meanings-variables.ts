// Meanings of the keys of variables: parameters of types, outputs, references to nets, scripts and texts with places.
// Called by meanings-yaml.ts; a test demands a meaning for every key of the schemas.

export const variableMeanings: Readonly<Record<string, string>> = {
  'parameters[].type':
    'What a value is; `text` if left out. Values of a `secret` are kept sealed, and reach only the units that name them.',
  'parameters[].label': 'What people read instead of the name.',
  'parameters[].default':
    'Value of a start that gives none. Of a date also `today`, `today-1`, `today+7`; of a secret `{{secret.NAME}}` alone.',
  'parameters[].required':
    'Whether a start without a value is refused; if left out, where there is no default.',
  'parameters[].pattern': 'Of a text: the whole value fits this regular expression (RE2).',
  'parameters[].length_min': 'Of a text: at least so many characters.',
  'parameters[].length_max': 'Of a text: at most so many characters.',
  'parameters[].min': 'Of a number: not below.',
  'parameters[].max': 'Of a number: not above.',
  'parameters[].choices': 'Of a choice: the values, each as a text or as `value` and `label`.',
  'parameters[].choices[].value': 'What the command gets.',
  'parameters[].choices[].label': 'What people read instead.',
  'parameters[].format':
    'Of a date: how commands get it, of `YYYY`, `YY`, `MM`, `DD` and separators; `YYYY-MM-DD` if left out.',
  'units[].net':
    'A `net_ref`: the job net that runs here, inside the same session. Of a `net_start` the one that it starts.',
  'units[].parameters': 'Values of the parameters of that job net, with places; its units see these alone.',
  'units[].script':
    'Instead of `command`: lines of a script with an interpreter line such as `#!/usr/bin/env python3`; without one of `/bin/sh`. Has no places.',
  'units[].arguments': 'Of a `script`, with places.',
  'units[].stdin': 'Standard input as text, with places.',
  'units[].files':
    'Texts with places that lie in files of the run while it goes on, readable for its user alone; the variable holds the path.',
  'units[].environment': 'Variables beside the parameters, with places.',
  'units[].outputs': 'Variables that are taken out of what it writes, for later units.',
  'units[].outputs[].name': 'Unique within the unit.',
  'units[].outputs[].from': '`stdout` if left out.',
  'units[].outputs[].regex':
    'Regular expression (RE2) that is looked for in each line; the value is what its first group holds, without a group the whole match.',
  'units[].outputs[].ignore_case': 'Upper and lower case are the same, for `regex`.',
  'units[].outputs[].take': 'Which match counts of several; `first` if left out.',
  'units[].outputs[].json':
    'The whole output is JSON; the value stands at this path, such as `$.files[0].name`.',
  'units[].outputs[].required': 'Whether the unit ends abnormally without it; `true` if left out.',
  'units[].outputs[].secret':
    'It is kept sealed and shown to nobody; in the output stars stand in its place.',
  'units[].outputs[].join':
    'On several nodes: the values of all, in the order of the scope, joined by this. If left out: that of the first node that has one.',
  'units[].if.unit': 'A unit under `after`.',
  'units[].if.output': 'One of the outputs of that unit.',
  'units[].message': 'An event: its text, with places.',
  'units[].key': 'An event: what state it is about; with places.',
};
