namespace HiEndMae.Configuration;

/// <summary>Suggests the name that a user may have meant.</summary>
public static class NearestName
{
    private const int MostListed = 24;

    // Comparing very long words would take minutes, and they are not misspelled names.
    private const int LongestCompared = 64;

    /// <summary>Returns "; did you mean 'x'?", a list of the names, or an empty text.</summary>
    /// <param name="word">The word as written.</param>
    /// <param name="names">The allowed names.</param>
    /// <param name="listAll">Whether to list the names if none is similar.</param>
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

    /// <summary>Shortens a word for messages and replaces control characters.</summary>
    public static string Shorten(string word)
    {
        string shown = word.Length <= LongestCompared ? word : $"{word.Substring(0, LongestCompared - 4)}... ({word.Length} characters)";
        return shown.Any(char.IsControl) ? new string([.. shown.Select(c => char.IsControl(c) ? '\uFFFD' : c)]) : shown;
    }

    /// <summary>Returns the number of edits (insert, delete, replace, swap of neighbours) from one word to the other.</summary>
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
