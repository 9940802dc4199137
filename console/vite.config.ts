// How the console is bundled: hashed files below dist/assets, nothing inline (the server's CSP allows scripts and fonts of its own origin
// only), no source maps, no network.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  base: '/',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    // A font turned into a data: address would need a hole in the CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    // Fonts are many; what matters is the gzip size of the first paint, which a browser test guards.
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
  server: { host: '127.0.0.1' },
});
