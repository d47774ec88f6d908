namespace HiEndMae.Configuration;

/// <summary>What a user may have meant.</summary>
public static class NearestName
{
    private const int MostListed = 24;

    /// <summary>"; did you mean 'x'?", or a list of what there is, or nothing.</summary>
    /// <param name="word">As written.</param>
    /// <param name="names">What there is.</param>
    /// <param name="listAll">Whether to list the names where none is near.</param>
    public static string Suggest(string word, IEnumerable<string> names, bool listAll = false)
    {
        string[] all = [.. names];
        string? nearest = all.OrderBy(name => Distance(word, name)).ThenBy(name => name, StringComparer.Ordinal).FirstOrDefault();
        if (nearest is not null && Distance(word, nearest) <= Math.Max(1, Math.Min(3, word.Length / 3))) return $"; did you mean '{nearest}'?";
        return listAll && all.Length is > 0 and <= MostListed ? $"; allowed: {string.Join(", ", all)}" : "";
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) from one word to the other.</summary>
    public static int Distance(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
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
