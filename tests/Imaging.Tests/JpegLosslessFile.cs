namespace HiEndMae.Imaging.Tests;

/// <summary>Writes JPEG Lossless streams from the definition in ITU-T T.81, annex H, by other code than the reader's.</summary>
internal static class JpegLosslessFile
{
    public static byte[] Encode(long[] values, int columns, int rows, int precision, int predictor, int rowsToRestart, int shift)
    {
        var file = new List<byte> { 0xFF, 0xD8 };
        Segment(0xC3, (byte)precision, 0, (byte)rows, 0, (byte)columns, 1, 1, 0x11, 0);
        // Seventeen codes of five bits: the code of a category is its number.
        Segment(0xC4, [0x00, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 17).Select(category => (byte)category)]);
        if (rowsToRestart > 0) Segment(0xDD, 0, (byte)(rowsToRestart * columns));
        Segment(0xDA, 1, 1, 0x00, (byte)predictor, 0, (byte)shift);
        var bits = new List<bool>();
        long At(int x, int y) => values[y * columns + x] >> shift;
        for (int y = 0, restarts = 0; y < rows; y++)
        {
            bool begins = y == 0;
            if (rowsToRestart > 0 && y > 0 && y % rowsToRestart == 0)
            {
                Flush();
                file.AddRange([0xFF, (byte)(0xD0 + restarts++ % 8)]);
                begins = true;
            }
            for (int x = 0; x < columns; x++)
            {
                long guess;
                if (begins) guess = x == 0 ? 1L << (precision - shift - 1) : At(x - 1, y);
                else if (x == 0) guess = At(0, y - 1);
                else
                {
                    long a = At(x - 1, y), b = At(x, y - 1), c = At(x - 1, y - 1);
                    guess = predictor switch { 1 => a, 2 => b, 3 => c, 4 => a + b - c, 5 => a + ((b - c) >> 1), 6 => b + ((a - c) >> 1), _ => (a + b) >> 1 };
                }
                // Modulo 2^16, in -32767 to 32768.
                long difference = (short)(At(x, y) - guess);
                if (difference == -32768) difference = 32768;
                int category = 0;
                while (Math.Abs(difference) >> category > 0) category++;
                Put(category, 5);
                if (category is > 0 and < 16) Put(difference > 0 ? difference : difference + (1L << category) - 1, category);
            }
        }
        Flush();
        file.AddRange([0xFF, 0xD9]);
        if (file.Count % 2 == 1) file.Add(0);
        return [.. file];

        void Put(long value, int count)
        {
            for (int i = count - 1; i >= 0; i--) bits.Add((value >> i & 1) != 0);
        }

        void Flush()
        {
            while (bits.Count % 8 != 0) bits.Add(true);
            for (int i = 0; i < bits.Count; i += 8)
            {
                byte value = 0;
                for (int k = 0; k < 8; k++) value = (byte)(value << 1 | (bits[i + k] ? 1 : 0));
                file.Add(value);
                if (value == 0xFF) file.Add(0);
            }
            bits.Clear();
        }

        void Segment(byte marker, params byte[] content)
        {
            file.AddRange([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2)]);
            file.AddRange(content);
        }
    }
}
