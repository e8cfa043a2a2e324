/**
 * Does nothing: what runs are the folds that the task waits for. It is there for its schema, whose text `--help` shows.
 *
 * @returns {Promise<{ success: boolean }>}
 */
export default async function runAllFolds() {
  return { success: true };
}
