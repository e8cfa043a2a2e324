import { defineStacker, lgbmDemoSettings, lgbmSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...lgbmSettings,
  configurations: {
    demo: {
      features: ['prediction', 'rolling-mean-3', 'rolling-mean-5'],
      ...lgbmDemoSettings,
    },
  },
});
