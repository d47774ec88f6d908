using System.Globalization;
using HiEndMae.Runs.Analysis;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Attention maps as a table: raw ranges, and the preference of the organ.</summary>
internal static class MapTable
{
    /// <summary>Prints it.</summary>
    public static void Print(IAnsiConsole console, IReadOnlyList<MappedQuery> queries, IReadOnlyList<string> classes)
    {
        Table table = new Table().AddColumns("case", "query", "organ", "model", "layer", "weights", "preference");
        table.Title = new TableTitle("attention of the query patch, mean over heads; preference 1 is none");
        foreach (MappedQuery query in queries)
        {
            foreach (MappedModel model in query.Models)
            {
                foreach (MappedLayer layer in model.Layers)
                {
                    float[] mean = layer.Mean(query.Query.Patch);
                    table.AddRow(
                        Markup.Escape(query.Case), Markup.Escape(query.Name), query.Organ > 0 ? Markup.Escape(classes[query.Organ]) : "", Markup.Escape(model.Label), Markup.Escape(layer.Title),
                        string.Create(CultureInfo.InvariantCulture, $"{mean.Min():0.0000} to {mean.Max():0.0000}"),
                        layer.Preference.Count > 0 ? layer.Preference.Average().ToString("F2", CultureInfo.InvariantCulture) : "");
                }
            }
        }
        console.Write(table);
    }
}
