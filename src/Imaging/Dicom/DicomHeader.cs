using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace HiEndMae.Imaging.Dicom;

/// <summary>The elements of a file that are read, and where its pixels lie.</summary>
/// <param name="path">The file.</param>
/// <param name="values">Raw values by tag.</param>
internal sealed class DicomHeader(string path, IReadOnlyDictionary<uint, byte[]> values)
{
    public string Path => path;

    /// <summary>Unique identifier of the transfer syntax.</summary>
    public required string SyntaxUid { get; init; }

    public required DicomTransferSyntax Syntax { get; init; }

    /// <summary>First byte of the pixels, or of their first item; 0 where there are none.</summary>
    public required long PixelOffset { get; init; }

    /// <summary>Bytes of the pixels; null where they are in items until a delimiter.</summary>
    public required long? PixelLength { get; init; }

    /// <summary>Whether the file has 16-bit words as pixels, whatever the size of a pixel.</summary>
    public required bool HasWords { get; init; }

    /// <summary>Whether it has a table for its stored values.</summary>
    public required bool HasModalityLut { get; init; }

    public required long FileLength { get; init; }

    /// <summary>The text of an element, without padding; null where it is absent or empty.</summary>
    public string? Text(uint tag) => values.TryGetValue(tag, out byte[]? value) && Encoding.Latin1.GetString(value).Trim(' ', '\0') is { Length: > 0 } text ? text : null;

    /// <summary>A decimal string with so many values; null where it is absent or empty.</summary>
    /// <exception cref="VolumeException">It is no such numbers.</exception>
    public double[]? Decimals(uint tag, string name, int count)
    {
        if (Text(tag) is not { } text) return null;
        string[] parts = text.Split('\\');
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i].Trim(' ', '\0'), NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                throw new VolumeException($"'{path}' says {name} '{TextHeaderFile.Shown(text)}', which are no numbers.");
        }
        return numbers.Length == count ? numbers : throw new VolumeException($"'{path}' says {name} '{TextHeaderFile.Shown(text)}'; {count} numbers are wanted.");
    }

    /// <summary>An unsigned 16-bit number; null where it is absent.</summary>
    public int? Number(uint tag) => values.TryGetValue(tag, out byte[]? value) && value.Length >= 2
        ? Syntax.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(value) : BinaryPrimitives.ReadUInt16LittleEndian(value)
        : null;
}
