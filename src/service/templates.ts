/** Folders of `templates/` in the package, each a service that runs. */
export const templates = ['typescript', 'javascript', 'python', 'tutorial', 'tutorial-python'] as const;
export type Template = (typeof templates)[number];
