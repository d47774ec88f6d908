namespace HiEndMae.Sweeps.Slurm;

/// <summary>The script of a submission's jobs.</summary>
internal static class SlurmScript
{
    // The job handles two signals. USR1 comes before the time limit: the job saves and is queued again. TERM comes with a cancellation, a preemption or the
    // limit: the job saves and ends. SLURM itself requeues after a preemption. bash runs a trap only between commands, so the program runs in the background.
    private const string Body = """
        folder=$(sed -n "$((${SLURM_ARRAY_TASK_ID:-0} + 1))p" "$1")
        job="${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}"
        note() {
          printf '{"job":"%s","restart":%d,"node":"%s","event":"%s","code":%s,"time":"%s"}\n' \
            "$job" "${SLURM_RESTART_COUNT:-0}" "${SLURMD_NODENAME:-}" "$1" "$2" "$(date -u +%FT%TZ)" >> "$folder/slurm.jsonl"
        }
        again=0 child=
        trap 'again=1; [ -n "$child" ] && kill -TERM "$child" 2>/dev/null' USR1
        trap '[ -n "$child" ] && kill -TERM "$child" 2>/dev/null' TERM
        note begin null
        "${program[@]}" stage "$folder" --threads "${SLURM_CPUS_PER_TASK:-0}" < /dev/null >> "$folder/job.log" 2>&1 &
        child=$!
        while :; do
          wait "$child"; code=$?
          kill -0 "$child" 2>/dev/null || break
        done
        note end "$code"
        # 143: the signal came before the program had begun to listen.
        if [ "$code" = 143 ]; then code=130; fi
        if [ "$code" = 130 ] && [ "$again" = 1 ]; then
          scontrol requeue "$SLURM_JOB_ID" && { note requeue null; sleep 60; }
        fi
        case "$code" in
          0 | 130) ;;
          *) printf 'exit code %s: %s\n' "$code" "$(grep -v -i '^warning' "$folder/job.log" | tail -n 1)" > "$folder/failed.txt.tmp" && mv "$folder/failed.txt.tmp" "$folder/failed.txt" ;;
        esac
        exit "$code"

        """;

    /// <summary>Returns the script.</summary>
    /// <param name="program">The program that runs stages, and its first arguments.</param>
    /// <param name="setup">The user's lines, which come first.</param>
    /// <param name="variables">Variables of the jobs.</param>
    public static string Text(IReadOnlyList<string> program, IReadOnlyList<string> setup, IReadOnlyDictionary<string, string> variables) =>
        "#!/bin/bash\n# One stage of a sweep as an element of a job array. Line i+1 of the file in $1 is the folder of stage i.\n"
        + string.Concat(variables.Select(variable => $"export {variable.Key}={Quoted(variable.Value)}\n"))
        + string.Concat(setup.Select(line => line + "\n"))
        + $"program=({string.Join(' ', program.Select(Quoted))})\n" + Body.ReplaceLineEndings("\n");

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
