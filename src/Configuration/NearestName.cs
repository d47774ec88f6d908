namespace HiEndMae.Configuration;

/// <summary>What a user may have meant.</summary>
public static class NearestName
{
    private const int MostListed = 24;

    // Nobody misspells a longer word; comparing one of a megabyte would take minutes.
    private const int LongestCompared = 64;

    /// <summary>"; did you mean 'x'?", or a list of what there is, or nothing.</summary>
    /// <param name="word">As written.</param>
    /// <param name="names">What there is.</param>
    /// <param name="listAll">Whether to list the names where none is near.</param>
    public static string Suggest(string word, IEnumerable<string> names, bool listAll = false)
    {
        string[] all = [.. names];
        if (word.Length <= LongestCompared)
        {
            (string Name, int Distance)? nearest = null;
            foreach (string name in all.OrderBy(name => name, StringComparer.Ordinal))
            {
                int distance = Distance(word, name);
                if (nearest is null || distance < nearest.Value.Distance) nearest = (name, distance);
            }
            if (nearest is { } found && found.Distance <= Math.Max(1, Math.Min(3, word.Length / 3))) return $"; did you mean '{found.Name}'?";
        }
        return listAll && all.Length is > 0 and <= MostListed ? $"; allowed: {string.Join(", ", all)}" : "";
    }

    /// <summary>A word as messages show it: cut where it is too long to read, control characters replaced.</summary>
    public static string Shorten(string word)
    {
        string shown = word.Length <= LongestCompared ? word : $"{word.Substring(0, LongestCompared - 4)}... ({word.Length} characters)";
        return shown.Any(char.IsControl) ? new string([.. shown.Select(c => char.IsControl(c) ? '\uFFFD' : c)]) : shown;
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) from one word to the other.</summary>
    public static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) table[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replace, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }
        return table[a.Length, b.Length];
    }
}
