using System.Text.Json.Nodes;
using HiEndMae.TorchRepairs;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Shows the profile of <c>bench --profile</c>.</summary>
internal static class OperatorTable
{
    private const int Shown = 40;

    /// <summary>The operators that cost most, per step.</summary>
    /// <param name="operators">Operators of all steps, the most expensive first.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="whole">Time of all steps. The rest of it is spent outside of operators: in kernels of this program (forward passes of convolutions and norms, the optimiser) and in calls.</param>
    public static Table Text(IReadOnlyList<OperatorTime> operators, int steps, TimeSpan whole)
    {
        double all = operators.Sum(one => one.Own.TotalMilliseconds);
        Table table = new Table()
            .Title(FormattableString.Invariant($"a step of {whole.TotalMilliseconds / steps:F1} ms, {all / steps:F1} ms of it inside operators; the {Math.Min(Shown, operators.Count)} most expensive of {operators.Count}"))
            .AddColumns("operator", "shapes of its tensors")
            .AddColumn("calls", column => column.RightAligned())
            .AddColumn("own ms", column => column.RightAligned())
            .AddColumn("share", column => column.RightAligned());
        foreach (OperatorTime one in operators.Take(Shown))
        {
            table.AddRow(
                Markup.Escape(one.Name), Markup.Escape(one.Shapes), FormattableString.Invariant($"{(double)one.Calls / steps:0.#}"),
                FormattableString.Invariant($"{one.Own.TotalMilliseconds / steps:F2}"), FormattableString.Invariant($"{100 * one.Own / whole:F1} %"));
        }
        return table;
    }

    /// <summary>All operators, per step.</summary>
    public static JsonArray Json(IReadOnlyList<OperatorTime> operators, int steps) => [.. operators.Select(one => new JsonObject
    {
        ["name"] = one.Name,
        ["shapes"] = one.Shapes,
        ["calls"] = (double)one.Calls / steps,
        ["own_seconds"] = one.Own.TotalSeconds / steps,
        ["whole_seconds"] = one.Whole.TotalSeconds / steps,
    })];
}
