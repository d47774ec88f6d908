using System.Globalization;
using System.Text;

namespace HiEndMae.Imaging;

/// <summary>Helpers for formats with a text header.</summary>
internal static class TextHeaderFile
{
    private const int LongestHeader = 1 << 20, MostDimensions = 7, MostNumbers = 64, MostShown = 60;

    /// <summary>Reads lines up to the one that ends the header. The stream is left after that line.</summary>
    public static List<string> Lines(Stream stream, string path, Func<string, bool> isLast)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        for (int count = 0; count < LongestHeader; count++)
        {
            int next = stream.ReadByte();
            if (next < 0)
            {
                if (line.Length > 0) lines.Add(line.ToString().TrimEnd('\r'));
                return lines;
            }
            if (next != '\n')
            {
                line.Append((char)next);
                continue;
            }
            string text = line.ToString().TrimEnd('\r');
            lines.Add(text);
            line.Clear();
            if (isLast(text)) return lines;
        }
        throw new VolumeException($"'{path}' is damaged: its header does not end.");
    }

    /// <summary>Shortens a text of a file for a message and removes control characters.</summary>
    public static string Shown(string text)
    {
        string begin = text.Length > MostShown ? text[..MostShown] + "..." : text;
        return string.Concat(begin.Select(letter => char.IsControl(letter) ? '?' : letter));
    }

    /// <summary>Returns the data file in the folder of the header. Other folders are refused.</summary>
    public static string Beside(string path, string name)
    {
        if (name.Length == 0 || Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..") || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl))
            throw new VolumeException($"'{path}' refers to the data file '{Shown(name)}', which is not in its folder; move the data file there.");
        string beside = Path.Combine(Path.GetDirectoryName(path) ?? "", name);
        return Path.Exists(beside) ? beside : throw new VolumeException($"'{path}' refers to the data file '{Shown(name)}', which does not exist.");
    }

    public static double[] Numbers(string path, string key, string text, int count)
    {
        string[] parts = text.Split((char[])[' ', '\t', ','], MostNumbers + 1, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                throw new VolumeException($"'{path}' has {key} '{Shown(text)}', which is not a list of numbers.");
        }
        return count < 0 || numbers.Length == count ? numbers : throw new VolumeException($"'{path}' has {key} '{Shown(text)}'; it must have {count} numbers.");
    }

    /// <summary>Returns the sizes along x, y, z, and the number of channels as the product of the other sizes.</summary>
    public static (Size3 Size, int Channels) Sizes(string path, double[] sizes)
    {
        double channels = sizes.Skip(3).Aggregate(1.0, (product, edge) => product * edge);
        if (sizes.Length is < 2 or > MostDimensions || sizes.Any(edge => edge != Math.Floor(edge) || edge is < 1 or > int.MaxValue) || channels > int.MaxValue)
            throw new VolumeException($"'{path}' is {string.Join(" x ", sizes.Take(MostDimensions + 1).Select(edge => edge.ToString(CultureInfo.InvariantCulture)))} voxels; supported are 2 to {MostDimensions} dimensions, each at least 1.");
        if (sizes.Aggregate(1.0, (product, edge) => product * edge) > Array.MaxLength) throw new VolumeException($"'{path}' is {string.Join(" x ", sizes.Select(edge => edge.ToString(CultureInfo.InvariantCulture)))} voxels, which is too large to read.");
        return (new Size3((int)sizes[0], (int)sizes[1], sizes.Length > 2 ? (int)sizes[2] : 1), (int)channels);
    }

    /// <summary>Creates the affine of axes (columns, mm per voxel) and an origin.</summary>
    public static Affine Affine(string path, double[][] axes, double[] origin, bool isLeft, bool isPosterior)
    {
        var rows = new double[3, 4];
        for (int row = 0; row < 3; row++)
        {
            // Converts left and posterior to right and anterior.
            double sign = (isLeft && row == 0) || (isPosterior && row == 1) ? -1 : 1;
            for (int axis = 0; axis < 3; axis++) rows[row, axis] = sign * axes[axis][row];
            rows[row, 3] = sign * origin[row];
        }
        Affine affine = Imaging.Affine.FromRows(rows);
        return affine.IsInvertible ? affine : throw new VolumeException($"'{path}' has linearly dependent axes.");
    }
}
