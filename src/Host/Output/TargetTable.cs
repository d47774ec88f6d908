using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Scores by group of targets as a table.</summary>
internal static class TargetTable
{
    /// <summary>Prints it.</summary>
    /// <param name="console">The console to print to.</param>
    /// <param name="targets">The groups, as analysis.json has them.</param>
    public static void Print(IAnsiConsole console, JsonObject targets)
    {
        Table table = new Table().AddColumns("by", "group", "targets", "model", "Dice", "minus first");
        table.Title = new TableTitle("Dice by organ, and by thirds of volume, elongation and surface; 95 % intervals over cases");
        foreach (JsonObject group in targets["groups"]!.AsArray().OfType<JsonObject>())
            table.AddRow(((string[])["by", "group", "targets", "model"]).Select(key => Markup.Escape(group[key]!.ToString())).Append(Text(group["dice"])).Append(Text(group["minus_first"])).ToArray());
        console.Write(table);
    }

    private static string Text(JsonNode? interval)
    {
        if (interval?["mean"] is not JsonValue mean) return "";
        string text = ((double)mean).ToString("F3", CultureInfo.InvariantCulture);
        return interval["low"] is JsonValue low && interval["high"] is JsonValue high ? string.Create(CultureInfo.InvariantCulture, $"{text} ({(double)low:F3} to {(double)high:F3})") : text;
    }
}
