import vue from '@vitejs/plugin-vue';
import autoprefixer from 'autoprefixer';
import tailwind from 'tailwindcss';
import { defineConfig } from 'vite';
import theme from './tailwind.config.ts';

const server = process.env.HEARTH_SERVER_URL ?? 'http://127.0.0.1:8000';
const proxied = ['/api', '/v1', '/health', '/openapi.json', '/docs'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  css: { postcss: { plugins: [tailwind(theme), autoprefixer()] } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
  },
  server: {
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, ws: path === '/api' }])),
  },
  build: {
    target: ['safari15', 'chrome90', 'firefox91'],
    outDir: 'dist',
    // Nothing inline: the server's content security policy allows files of its own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
