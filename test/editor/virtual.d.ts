/** All files of ./suite, imported by the bundler (scripts/build.mjs). */
declare module "virtual:suite";
