using System.Text.Json.Nodes;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Runs.Analysis;

/// <summary>Computes scores by organ, and by the organ's volume, elongation and surface.</summary>
internal static class TargetAnalysis
{
    /// <summary>The properties of a target to which scores are related.</summary>
    public static IReadOnlyList<(string Name, string Title, string Unit, Func<OrganShape, double> Of)> Properties { get; } =
    [
        ("volume_ml", "volume", "ml", shape => shape.VolumeMl), ("elongation", "elongation", "", shape => shape.Elongation), ("surface_mm2", "surface", "mm2", shape => shape.SurfaceMm2),
    ];

    /// <summary>Returns every organ in the truth of every case.</summary>
    public static IReadOnlyList<TargetRow> Rows(SegmentedModels models)
    {
        var rows = new List<TargetRow>();
        var byCase = models.Models.Select(model => model.Result.Cases.ToDictionary(one => one.Case, StringComparer.Ordinal)).ToArray();
        foreach ((string id, OrganShape?[] shapes) in models.Shapes)
        {
            for (int label = 1; label < shapes.Length; label++)
            {
                if (shapes[label] is not { } shape) continue;
                int at = label;
                rows.Add(new TargetRow(id, models.Labels[label], shape, [.. byCase.Select(cases => cases.TryGetValue(id, out CaseResult? one) ? one.Dice[at] : null)]));
            }
        }
        return rows;
    }

    /// <summary>Returns means by organ and by thirds of volume, elongation and surface, and differences from the first model, with intervals over cases.</summary>
    public static JsonObject ToJson(IReadOnlyList<TargetRow> rows, IReadOnlyList<string> models, int seed, IReadOnlyList<string> pictures)
    {
        var groups = new JsonArray();
        foreach (IGrouping<string, TargetRow> organ in rows.GroupBy(row => row.Organ)) Add("organ", organ.Key, [.. organ]);
        foreach ((string name, _, _, Func<OrganShape, double> of) in Properties)
        {
            TargetRow[] sorted = [.. rows.OrderBy(row => of(row.Shape))];
            for (int third = 0; third < 3; third++)
            {
                TargetRow[] part = sorted[(sorted.Length * third / 3)..(sorted.Length * (third + 1) / 3)];
                if (part.Length > 0) Add(name, FormattableString.Invariant($"{of(part[0].Shape):G3} to {of(part[^1].Shape):G3}"), part);
            }
        }
        return new JsonObject
        {
            ["definition"] = "Dice of every organ that the truth of a case holds; volume, surface (area of voxel faces) and elongation (longest over shortest principal axis) are those of the truth; groups of volume, elongation "
                + "and surface are thirds of all targets; intervals are 95 % percentile intervals of a bootstrap over cases; rank correlations are Spearman's, over targets",
            ["pictures"] = new JsonArray([.. pictures.Select(picture => (JsonNode)picture)]),
            ["groups"] = groups,
            ["correlations"] = new JsonArray([.. models.SelectMany((model, m) => Properties.Select(property => (JsonNode)new JsonObject
            {
                ["model"] = model,
                ["property"] = property.Name,
                ["spearman"] = RepresentationJson.Number(Spearman([.. rows.Where(row => row.Dice[m] is not null).Select(row => (property.Of(row.Shape), row.Dice[m]!.Value))])),
            }))]),
        };

        void Add(string by, string group, TargetRow[] part)
        {
            for (int m = 0; m < models.Count; m++)
            {
                int model = m;
                JsonObject entry = new() { ["by"] = by, ["group"] = group, ["model"] = models[m], ["targets"] = part.Length, ["dice"] = Interval(part, row => row.Dice[model], seed) };
                if (m > 0) entry["minus_first"] = Interval(part, row => row.Dice[model] - row.Dice[0], seed);
                groups.Add(entry);
            }
        }
    }

    /// <summary>Returns a table with a line per target.</summary>
    public static CsvText ToCsv(IReadOnlyList<TargetRow> rows, IReadOnlyList<string> models)
    {
        var csv = new CsvText(["case", "organ", .. Properties.Select(property => property.Name), .. models.Select(model => $"dice {model}")]);
        foreach (TargetRow row in rows) csv.Add([row.Case, row.Organ, .. Properties.Select(property => (object)property.Of(row.Shape)), .. row.Dice.Select(dice => (object?)dice)]);
        return csv;
    }

    /// <summary>Computes Spearman's rank correlation. Equal values share their mean rank. NaN for fewer than three pairs, or if one variable is constant.</summary>
    public static double Spearman(IReadOnlyList<(double X, double Y)> pairs)
    {
        if (pairs.Count < 3) return double.NaN;
        double[] x = Ranks([.. pairs.Select(pair => pair.X)]), y = Ranks([.. pairs.Select(pair => pair.Y)]);
        double mean = (pairs.Count + 1) / 2.0, xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++) (xy, xx, yy) = (xy + ((x[i] - mean) * (y[i] - mean)), xx + ((x[i] - mean) * (x[i] - mean)), yy + ((y[i] - mean) * (y[i] - mean)));
        return xy / Math.Sqrt(xx * yy);
    }

    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        var ranks = new double[values.Length];
        for (int from = 0; from < order.Length;)
        {
            int to = from;
            while (to < order.Length && values[order[to]].Equals(values[order[from]])) to++;
            for (int i = from; i < to; i++) ranks[order[i]] = (from + to + 1) / 2.0;
            from = to;
        }
        return ranks;
    }

    private static JsonObject? Interval(TargetRow[] rows, Func<TargetRow, double?> of, int seed)
    {
        // The bootstrap draws cases, because organs of one case are not independent.
        Statistic? statistic = Statistic.Of(rows.Select(row => (row.Case, Value: of(row))).Where(row => row.Value is not null).GroupBy(row => row.Case, row => row.Value).Select(group => group.Average()), 2000, seed);
        return statistic is null ? null : new JsonObject
        {
            ["mean"] = RepresentationJson.Number(statistic.Mean),
            ["low"] = statistic.Low is { } low ? RepresentationJson.Number(low) : null,
            ["high"] = statistic.High is { } high ? RepresentationJson.Number(high) : null,
        };
    }
}
