using System.Buffers.Binary;

namespace HiEndMae.Imaging.Dicom;

/// <summary>JPEG Lossless (ITU-T T.81, process 14, of one component): Huffman-coded differences from a prediction.</summary>
internal ref struct DicomJpegLossless
{
    private const int StartOfImage = 0xD8, EndOfImage = 0xD9, LosslessFrame = 0xC3, HuffmanTables = 0xC4, Scan = 0xDA, RestartInterval = 0xDD, FirstRestart = 0xD0, LastRestart = 0xD7;
    private const int LongestCode = 16, MostPadding = 64;
    private readonly ReadOnlySpan<byte> coded;
    private readonly string path;
    private readonly HuffmanTable?[] tables = new HuffmanTable?[4];
    private int position;
    private int precision;
    private int interval;
    private uint bits;
    private int numBits;
    private int padding;

    private DicomJpegLossless(ReadOnlySpan<byte> coded, string path)
    {
        this.coded = coded;
        this.path = path;
    }

    /// <summary>Decodes one frame.</summary>
    /// <param name="coded">The JPEG stream.</param>
    /// <param name="raw">Receives rows x columns pixels of the given width, little endian.</param>
    /// <param name="columns">Columns that the DICOM header says.</param>
    /// <param name="rows">Rows that it says.</param>
    /// <param name="width">Bytes of a pixel, 1 or 2.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="VolumeException">The stream is broken, of another process, or of another size.</exception>
    /// <exception cref="EndOfStreamException">The stream is cut off.</exception>
    public static void Decode(ReadOnlySpan<byte> coded, Span<byte> raw, int columns, int rows, int width, string path) => new DicomJpegLossless(coded, path).Decode(raw, columns, rows, width);

    private void Decode(Span<byte> raw, int columns, int rows, int width)
    {
        if (Word() != (0xFF00 | StartOfImage)) throw Broken("does not begin as JPEG does");
        while (true)
        {
            int marker = Marker();
            if (marker == EndOfImage) throw Broken("ends before its scan");
            int length = Word();
            if (length < 2 || position + length - 2 > coded.Length) throw new EndOfStreamException();
            ReadOnlySpan<byte> segment = coded.Slice(position, length - 2);
            position += length - 2;
            switch (marker)
            {
                case LosslessFrame:
                    ReadFrame(segment, columns, rows, width);
                    break;
                case HuffmanTables:
                    ReadTables(segment);
                    break;
                case RestartInterval when segment.Length >= 2:
                    interval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case Scan:
                    ReadScan(segment, raw, columns, rows, width);
                    return;
                case >= 0xC0 and <= 0xCF and not 0xC8 and not 0xCC:
                    throw Broken("is JPEG of another process than lossless with Huffman codes");
            }
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> segment, int columns, int rows, int width)
    {
        if (segment.Length < 9) throw Broken("has a frame header that is too short");
        precision = segment[0];
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), breadth = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        if (segment[5] != 1) throw Broken($"has {segment[5]} components; one is read");
        if (height != rows || breadth != columns) throw Broken($"is {breadth} x {height} pixels as JPEG and {columns} x {rows} as DICOM");
        if (precision < 2 || precision > 8 * width) throw Broken($"has {precision} bits per pixel in {8 * width}");
    }

    private void ReadTables(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > LongestCode)
        {
            int target = segment[0];
            ReadOnlySpan<byte> counts = segment.Slice(1, LongestCode);
            int symbols = 0;
            foreach (byte count in counts) symbols += count;
            if (target > 3 || symbols > 17 || segment.Length < 1 + LongestCode + symbols) throw Broken("has a Huffman table that lossless JPEG does not have");
            tables[target] = new HuffmanTable(counts, segment.Slice(1 + LongestCode, symbols));
            segment = segment[(1 + LongestCode + symbols)..];
        }
    }

    private void ReadScan(ReadOnlySpan<byte> header, Span<byte> raw, int columns, int rows, int width)
    {
        if (header.Length < 6 || header[0] != 1) throw Broken("has a scan of several components");
        HuffmanTable table = tables[(header[2] >> 4) & 3] ?? throw Broken("names a Huffman table that it does not have");
        int predictor = header[3], shift = header[5] & 15;
        if (precision == 0 || predictor is < 1 or > 7 || shift >= precision) throw Broken("has a scan without a frame, or with a prediction that is none");
        if (interval % columns != 0) throw Broken("begins again within a row");
        var above = new int[columns];
        var line = new int[columns];
        int first = 1 << (precision - shift - 1), rowsToRestart = interval / columns;
        for (int row = 0; row < rows; row++)
        {
            bool isFirst = row == 0;
            if (rowsToRestart > 0 && row > 0 && row % rowsToRestart == 0)
            {
                Restart();
                isFirst = true;
            }
            for (int column = 0; column < columns; column++)
            {
                // The first row is predicted from the left alone, the first column from above (T.81, H.1.2.1).
                int left = column > 0 ? line[column - 1] : 0, up = above[column], corner = column > 0 ? above[column - 1] : 0;
                int prediction = (isFirst, column) switch
                {
                    (true, 0) => first,
                    (true, _) => left,
                    (false, 0) => up,
                    _ => predictor switch
                    {
                        1 => left,
                        2 => up,
                        3 => corner,
                        4 => left + up - corner,
                        5 => left + ((up - corner) >> 1),
                        6 => up + ((left - corner) >> 1),
                        _ => (left + up) >> 1,
                    },
                };
                int value = (prediction + Difference(table)) & 0xFFFF;
                line[column] = value;
                int at = (row * columns + column) * width;
                if (width == 1) raw[at] = (byte)(value << shift);
                else BinaryPrimitives.WriteUInt16LittleEndian(raw[at..], (ushort)(value << shift));
            }
            (above, line) = (line, above);
        }
    }

    private int Difference(HuffmanTable table)
    {
        int code = 0, length = 0, category;
        do
        {
            code = code << 1 | Bit();
            if (++length > LongestCode) throw Broken("has a Huffman code that is none");
        }
        while ((category = table.Find(code, length)) < 0);
        if (category is 0) return 0;
        // A difference of 2^15 has no further bits.
        if (category >= LongestCode) return 1 << 15;
        int value = 0;
        for (int i = 0; i < category; i++) value = value << 1 | Bit();
        return value >= 1 << (category - 1) ? value : value - (1 << category) + 1;
    }

    private int Bit()
    {
        if (numBits == 0)
        {
            if (position >= coded.Length) throw new EndOfStreamException();
            byte next = coded[position];
            if (next != 0xFF) position++;
            else if (position + 1 < coded.Length && coded[position + 1] == 0) position += 2;
            else
            {
                // At a marker. The last bits of a scan may have been left out; more than a few mean that the stream is cut off.
                next = 0;
                if (++padding > MostPadding) throw new EndOfStreamException();
            }
            bits = next;
            numBits = 8;
        }
        return (int)(bits >> --numBits) & 1;
    }

    private void Restart()
    {
        numBits = 0;
        if (Marker() is not (>= FirstRestart and <= LastRestart)) throw Broken("does not begin again where it says");
    }

    private int Marker()
    {
        if (Byte() != 0xFF) throw Broken("has no marker where one must be");
        int marker;
        while ((marker = Byte()) == 0xFF)
        {
            // Any number of these may stand before a marker.
        }
        return marker;
    }

    private int Byte() => position < coded.Length ? coded[position++] : throw new EndOfStreamException();

    private int Word() => Byte() << 8 | Byte();

    private readonly VolumeException Broken(string what) => new($"'{path}' is broken: its pixel stream {what}.");

    // Codes of one length are consecutive numbers (T.81, annex C).
    private sealed class HuffmanTable
    {
        private readonly int[] firstCode = new int[LongestCode + 1];
        private readonly int[] firstIndex = new int[LongestCode + 1];
        private readonly int[] count = new int[LongestCode + 1];
        private readonly byte[] symbols;

        public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
        {
            this.symbols = symbols.ToArray();
            for (int length = 1, code = 0, index = 0; length <= LongestCode; length++)
            {
                (firstCode[length], firstIndex[length], count[length]) = (code, index, counts[length - 1]);
                code = (code + counts[length - 1]) << 1;
                index += counts[length - 1];
            }
        }

        /// <summary>The symbol of a code; -1 where none of that length is it.</summary>
        public int Find(int code, int length) => code - firstCode[length] is >= 0 and var offset && offset < count[length] ? symbols[firstIndex[length] + offset] : -1;
    }
}
