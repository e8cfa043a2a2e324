import { defineGroup, describeEnvironment } from '@ichor/cli';
import { generateCommand } from '@ichor/phantom/commands';
import { preprocessCommand } from '@ichor/preprocess/command';
import { stackCommand } from '@ichor/stacking/commands';
import { trainCommand } from '@ichor/training/commands';
import { bundleCommand } from './commands/bundle.js';
import { completionCommand } from './commands/completion.js';
import { doctorCommand } from './commands/doctor.js';
import { evaluateCommand } from './commands/evaluate.js';
import { jobsCommand } from './commands/jobs.js';
import { predictCommand } from './commands/predict.js';
import { reportCommand } from './commands/report.js';
import { statusCommand } from './commands/status.js';
import { submitCommand } from './commands/submit.js';
import { weightsCommand } from './commands/weights.js';
import { underProgram } from './under-program.js';

/** Everything under one name; the commands of the pipeline are those that its Nx targets run. */
export const ichorCommand = defineGroup({
  name: 'ichor',
  version: `ichor ${describeEnvironment().ichor}, node ${process.version}`,
  summary:
    'Intracranial hemorrhage on head CT: predict new studies, or train the networks for it. Not a medical device.',
  commands: [
    predictCommand,
    evaluateCommand,
    doctorCommand,
    underProgram(generateCommand, 'ichor phantom'),
    underProgram(preprocessCommand, 'ichor preprocess'),
    underProgram(trainCommand, 'ichor train'),
    underProgram(stackCommand, 'ichor stack'),
    statusCommand,
    submitCommand,
    jobsCommand,
    reportCommand,
    bundleCommand,
    weightsCommand,
    completionCommand(() => ichorCommand),
  ],
});
