using System.Globalization;

namespace HiEndMae.Tests;

/// <summary>Damages files as disks, transfers and editors do. HIENDMAE_FUZZ gives the rounds of each parser; a failure names the seed that repeats it.</summary>
internal static class Fuzz
{
    private static readonly byte[] Telling = [0, 1, 0x7F, 0x80, 0xFF, (byte)'-', (byte)'9', (byte)'e', (byte)' ', (byte)'\n', (byte)'"', (byte)'{', (byte)'[', (byte)','];

    /// <summary>How many damaged files each parser gets.</summary>
    public static int Rounds { get; } = int.TryParse(Environment.GetEnvironmentVariable("HIENDMAE_FUZZ"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 500;

    /// <summary>Feeds a parser.</summary>
    /// <param name="good">A file that it reads.</param>
    /// <param name="parse">Reads a damaged one.</param>
    /// <param name="isRefusal">Whether an exception is the parser's own word for a file that it does not read.</param>
    /// <returns>How many were read.</returns>
    public static int Run(byte[] good, Action<byte[]> parse, Func<Exception, bool> isRefusal)
    {
        int read = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            try
            {
                parse(Damage(good, new Random(seed)));
                read++;
            }
            catch (Exception error) when (isRefusal(error))
            {
                Assert.InRange(error.Message.Length, 10, 4000);
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
        }
        return read;
    }

    /// <summary>A copy with one to six changes, some of them cut.</summary>
    public static byte[] Damage(byte[] good, Random random)
    {
        byte[] bytes = [.. good];
        for (int count = 1 + random.Next(6); count > 0 && bytes.Length > 0; count--)
        {
            int at = random.Next(bytes.Length), length = Math.Min(random.Next(1, 17), bytes.Length - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = Telling[random.Next(Telling.Length)]; break;
                case 3: bytes.AsSpan(at, length).Fill(Telling[random.Next(Telling.Length)]); break;
                case 4: bytes = [.. bytes[..at], .. bytes[(at + length)..]]; break;
                default: bytes = [.. bytes[..at], .. bytes.AsSpan(random.Next(bytes.Length - length + 1), length), .. bytes[at..]]; break;
            }
        }
        return random.Next(8) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }
}
