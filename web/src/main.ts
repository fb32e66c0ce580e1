import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { z } from 'zod';
import App from './App.vue';
import { apiKey, createApi } from './api/api.ts';
import { createHearthI18n, rememberedLanguage, setLanguage } from './i18n/i18n.ts';
import { i18nKey } from './i18n/use-language.ts';
import { createHearthRouter } from './router.ts';
import { reloadOnNewBuild } from './shell/reload-on-new-build.ts';
import './ui/base.css';

// Zod would compile parsers with `new Function`, which the content security policy refuses.
z.config({ jitless: true });

reloadOnNewBuild();
const i18n = createHearthI18n();
await setLanguage(i18n, rememberedLanguage());

const app = createApp(App).provide(apiKey, createApi()).provide(i18nKey, i18n).use(createPinia()).use(i18n);
app.use(createHearthRouter(app)).mount('#app');
