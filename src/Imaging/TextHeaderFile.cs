using System.Globalization;
using System.Text;

namespace HiEndMae.Imaging;

/// <summary>What the readers of formats with a header in words share.</summary>
internal static class TextHeaderFile
{
    private const int LongestHeader = 1 << 20, MostDimensions = 7, MostNumbers = 64, MostShown = 60;

    /// <summary>Lines until one says that the header ends; the stream stands behind that line.</summary>
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
        throw new VolumeException($"'{path}' has a header without an end.");
    }

    /// <summary>Text of a file as a message can show it: its beginning, without what a terminal would obey.</summary>
    public static string Shown(string text)
    {
        string begin = text.Length > MostShown ? text[..MostShown] + "..." : text;
        return string.Concat(begin.Select(letter => char.IsControl(letter) ? '?' : letter));
    }

    /// <summary>A data file beside the header; never one of another folder.</summary>
    public static string Beside(string path, string name)
    {
        if (name.Length == 0 || Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..") || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl))
            throw new VolumeException($"'{path}' names the data file '{Shown(name)}', which is not beside it.");
        string beside = Path.Combine(Path.GetDirectoryName(path) ?? "", name);
        return Path.Exists(beside) ? beside : throw new VolumeException($"'{path}' names the data file '{Shown(name)}', which is not there.");
    }

    public static double[] Numbers(string path, string key, string text, int count)
    {
        string[] parts = text.Split((char[])[' ', '\t', ','], MostNumbers + 1, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                throw new VolumeException($"'{path}' says {key} '{Shown(text)}', which are no numbers.");
        }
        return count < 0 || numbers.Length == count ? numbers : throw new VolumeException($"'{path}' says {key} '{Shown(text)}'; {count} numbers are wanted.");
    }

    /// <summary>Sizes along x, y, z, and channels as the product of the others.</summary>
    public static (Size3 Size, int Channels) Sizes(string path, double[] sizes)
    {
        double channels = sizes.Skip(3).Aggregate(1.0, (product, edge) => product * edge);
        if (sizes.Length is < 2 or > MostDimensions || sizes.Any(edge => edge != Math.Floor(edge) || edge is < 1 or > int.MaxValue) || channels > int.MaxValue)
            throw new VolumeException($"'{path}' is {string.Join(" x ", sizes.Take(MostDimensions + 1).Select(edge => edge.ToString(CultureInfo.InvariantCulture)))} voxels; volumes of 2 to {MostDimensions} dimensions, each at least 1, are read.");
        if (sizes.Aggregate(1.0, (product, edge) => product * edge) > Array.MaxLength) throw new VolumeException($"'{path}' is {string.Join(" x ", sizes.Select(edge => edge.ToString(CultureInfo.InvariantCulture)))} voxels, more than can be read at once.");
        return (new Size3((int)sizes[0], (int)sizes[1], sizes.Length > 2 ? (int)sizes[2] : 1), (int)channels);
    }

    /// <summary>The affine of axes (columns, mm per voxel) and an origin.</summary>
    public static Affine Affine(string path, double[][] axes, double[] origin, bool isLeft, bool isPosterior)
    {
        var rows = new double[3, 4];
        for (int row = 0; row < 3; row++)
        {
            // Left and posterior to right and anterior.
            double sign = (isLeft && row == 0) || (isPosterior && row == 1) ? -1 : 1;
            for (int axis = 0; axis < 3; axis++) rows[row, axis] = sign * axes[axis][row];
            rows[row, 3] = sign * origin[row];
        }
        Affine affine = Imaging.Affine.FromRows(rows);
        return affine.IsInvertible ? affine : throw new VolumeException($"'{path}' has axes that span no volume.");
    }
}
