using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace HiEndMae.Imaging.Dicom;

/// <summary>The elements of a DICOM file that this reader uses, and the position of its pixels.</summary>
/// <param name="Path">The file.</param>
/// <param name="Values">Raw values by tag.</param>
internal sealed record DicomHeader(string Path, IReadOnlyDictionary<uint, byte[]> Values)
{
    /// <summary>Elements of each frame of an enhanced image, functional groups included; empty for other images.</summary>
    public IReadOnlyList<IReadOnlyDictionary<uint, byte[]>> Frames { get; init; } = [];

    /// <summary>Position in the file from which it is deflated; 0 if it is not. Other positions are those of the inflated elements.</summary>
    public long DeflatedFrom { get; init; }

    /// <summary>Returns the header of one frame of an enhanced image.</summary>
    public DicomHeader Frame(int index) => this with { Values = Frames[index], Frames = [] };

    /// <summary>Unique identifier of the transfer syntax.</summary>
    public required string SyntaxUid { get; init; }

    public required DicomTransferSyntax Syntax { get; init; }

    /// <summary>Position of the first byte of the pixels, or of their first item; 0 if there are none.</summary>
    public required long PixelOffset { get; init; }

    /// <summary>Number of bytes of the pixels; null if they are stored in items that end with a delimiter.</summary>
    public required long? PixelLength { get; init; }

    /// <summary>Whether pixels are stored in 16-bit words, whatever their own size.</summary>
    public required bool HasWords { get; init; }

    /// <summary>Whether the file has a lookup table for stored values.</summary>
    public required bool HasModalityLut { get; init; }

    /// <summary>Number of bytes of the file, or of its inflated elements.</summary>
    public required long FileLength { get; init; }

    /// <summary>Returns the text of an element without padding, or null if it is absent or empty.</summary>
    public string? Text(uint tag) => Values.TryGetValue(tag, out byte[]? value) && Encoding.Latin1.GetString(value).Trim(' ', '\0') is { Length: > 0 } text ? text : null;

    /// <summary>Returns the numbers of a decimal string, or null if the element is absent or empty.</summary>
    /// <exception cref="VolumeException">The text is not a list of that many numbers.</exception>
    public double[]? Decimals(uint tag, string name, int count)
    {
        if (Text(tag) is not { } text) return null;
        string[] parts = text.Split('\\');
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i].Trim(' ', '\0'), NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                throw new VolumeException($"'{Path}' has {name} '{TextHeaderFile.Shown(text)}', which is not a list of numbers.");
        }
        return numbers.Length == count ? numbers : throw new VolumeException($"'{Path}' has {name} '{TextHeaderFile.Shown(text)}'; it must have {count} numbers.");
    }

    /// <summary>Returns an unsigned 16-bit number, or null if the element is absent.</summary>
    public int? Number(uint tag) => Values.TryGetValue(tag, out byte[]? value) && value.Length >= 2
        ? Syntax.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(value) : BinaryPrimitives.ReadUInt16LittleEndian(value)
        : null;
}
