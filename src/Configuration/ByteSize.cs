using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>An amount of memory. Configs write it as a number with B, KiB, MiB, GiB, TiB (powers of 1024) or kB, MB, GB, TB (powers of 1000).</summary>
/// <param name="Bytes">Number of bytes, at least 0.</param>
public readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>Creates an amount from a number of GiB.</summary>
    public static ByteSize FromGibibytes(double count) => new((long)(count * (1L << 30)));

    /// <summary>Creates an amount from a number of MiB.</summary>
    public static ByteSize FromMebibytes(double count) => new((long)(count * (1L << 20)));

    /// <summary>Reads a text such as "4GiB", "512 MiB" or "1.5GB". Returns false for any other text and for amounts that are too large.</summary>
    public static bool TryParse(string text, out ByteSize size)
    {
        size = default;
        if (!ConfigUnit.TrySplit(text, out decimal count, out string unit)) return false;
        foreach ((string name, long bytes) in Units)
        {
            if (name != unit) continue;
            if (count > long.MaxValue / bytes) return false;
            size = new ByteSize((long)(count * bytes));
            return true;
        }
        return false;
    }

    /// <summary>Formats the amount in the largest binary unit that gives a whole number.</summary>
    public override string ToString()
    {
        foreach ((string unit, long bytes) in Units)
        {
            if (unit.Length != 2 && Bytes != 0 && Bytes % bytes == 0) return (Bytes / bytes).ToString(CultureInfo.InvariantCulture) + unit;
        }
        return Bytes.ToString(CultureInfo.InvariantCulture) + "B";
    }
}
