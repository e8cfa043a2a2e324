import { defineBaseModel, demoSettings, sequenceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...sequenceFamily,
  name: 'efficientnet-b0-nine',
  backbone: 'efficientnet-b0',
  imageSize: 512,
  configurations: { demo: demoSettings },
});
