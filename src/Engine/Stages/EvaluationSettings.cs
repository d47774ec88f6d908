using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Stages;

/// <summary>Everything that the meaning of an evaluation's numbers depends on. It is stored and printed with them.</summary>
/// <param name="Policy">Missing organs, background, tolerance.</param>
/// <param name="Metrics">Dice first.</param>
/// <param name="Cases">Where the cases come from: test, validation, or a folder of label maps.</param>
/// <param name="Inference">How predictions were made: grid, windows, flips, checkpoints.</param>
public sealed record EvaluationSettings(ScoringPolicy Policy, IReadOnlyList<ScoreMetric> Metrics, string Cases, string Inference)
{
    /// <summary>The settings of a config.</summary>
    /// <param name="config">Overlap, weights, flips, grid, metrics, policy.</param>
    /// <param name="cases">Where the cases come from.</param>
    /// <param name="models">What was evaluated, such as "checkpoint step-00001000".</param>
    public static EvaluationSettings Of(EvaluateConfig config, string cases, string models)
    {
        ArgumentNullException.ThrowIfNull(config);
        string grid = config.Grid == EvaluationGrid.Model ? "the model's grid" : "the scans' own grids";
        string flips = config.Flips.Count == 0 ? "no flips" : $"flips along {string.Join(", ", config.Flips).ToLowerInvariant()}";
        return new EvaluationSettings(
            PolicyOf(config), MetricsOf(config), cases,
            FormattableString.Invariant($"{models}; scored on {grid}; overlap {config.Overlap}, {config.Weighting.ToString().ToLowerInvariant()} weights, {flips}"));
    }

    /// <summary>The policy of a config.</summary>
    public static ScoringPolicy PolicyOf(EvaluateConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new ScoringPolicy(config.Policy, config.IncludeBackground, config.SurfaceToleranceMm);
    }

    /// <summary>Dice and the metrics of a config.</summary>
    public static IReadOnlyList<ScoreMetric> MetricsOf(EvaluateConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [ScoreMetric.Dice, .. config.Metrics.Where(metric => metric != ScoreMetric.Dice)];
    }
}
