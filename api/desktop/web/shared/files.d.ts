// Style sheets that a script mentions are bundled beside it.
declare module '*.css';
