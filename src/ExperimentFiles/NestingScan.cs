namespace HiEndMae.ExperimentFiles;

/// <summary>Finds brackets that are nested too deeply for a recursive parser.</summary>
internal static class NestingScan
{
    /// <summary>Largest depth of lists, tables and dotted keys in a file.</summary>
    public const int MostLevels = 32;

    /// <summary>Returns line and column, counted from 1, of the first bracket beyond the limit; null if there is none.</summary>
    public static (int Line, int Column)? Find(string text)
    {
        int depth = 0, line = 1, lineStart = 0;
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\n':
                    line++;
                    lineStart = i + 1;
                    break;
                case '#':
                    while (i + 1 < text.Length && text[i + 1] != '\n') i++;
                    break;
                case '"' or '\'':
                    i = EndOfString(text, i, ref line, ref lineStart);
                    break;
                case '[' or '{':
                    if (++depth > MostLevels) return (line, i - lineStart + 1);
                    break;
                case ']' or '}':
                    depth = Math.Max(0, depth - 1);
                    break;
            }
        }
        return null;
    }

    private static int EndOfString(string text, int start, ref int line, ref int lineStart)
    {
        char quote = text[start];
        bool isLong = start + 2 < text.Length && text[start + 1] == quote && text[start + 2] == quote;
        for (int i = start + (isLong ? 3 : 1); i < text.Length; i++)
        {
            if (text[i] == '\\' && quote == '"') i++;
            else if (text[i] == quote && (!isLong || (i + 2 < text.Length && text[i + 1] == quote && text[i + 2] == quote))) return isLong ? i + 2 : i;
            if (i < text.Length && text[i] == '\n')
            {
                // A single-line string ends with its line, even if it is not closed.
                if (!isLong) return i - 1;
                line++;
                lineStart = i + 1;
            }
        }
        return text.Length;
    }
}
