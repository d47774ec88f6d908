using System.Diagnostics;
using System.Globalization;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Imaging.Tests;

/// <summary>Mutated headers of every format are read or refused: never another exception, no hang, no memory that the file cannot justify.</summary>
/// <remarks>HIENDMAE_FUZZ gives the rounds per format (700 without it); a failure names the seed that repeats it.</remarks>
public sealed class HeaderFuzzTests : IDisposable
{
    private const int Rounds = 700, DeflateRatio = 1032, Buffers = 4_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1); // longer is a hang, even on a busy machine
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-fuzz-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("a.nii", 356)]
    [InlineData("b.nii", 548)] // NIfTI-2, big endian
    [InlineData("a.nii.gz", 356)]
    [InlineData("a.mha", 300)]
    [InlineData("z.mha", 300)]
    [InlineData("a.nrrd", 200)]
    [InlineData("z.nrrd", 200)]
    [InlineData("a.dcm", 560)]
    [InlineData("r.dcm", 700)] // RLE, its data too
    [InlineData("i.dcm", 560)]
    public void Mutated_headers_never_crash(string name, int reach)
    {
        byte[] good = Good(name);
        bool isPacked = name.EndsWith(".gz", StringComparison.Ordinal) || name[0] is 'z' or 'r';
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("HIENDMAE_FUZZ"), CultureInfo.InvariantCulture, out int more) ? more : Rounds, read = 0;
        string path = Path.Combine(folder, name);
        for (int seed = 0; seed < rounds; seed++)
        {
            byte[] bytes = Mutate(good, Math.Min(reach, good.Length), new Random(seed));
            byte[] stored = name.EndsWith(".gz", StringComparison.Ordinal) ? BrokenVolumes.Gzip(bytes) : bytes;
            File.WriteAllBytes(path, stored);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                Volume<float> volume = VolumeReader.ReadImage(path, CancellationToken.None);
                Assert.True(volume.Affine.IsInvertible);
                read++;
            }
            catch (VolumeException error)
            {
                Assert.False(error.Message.Any(char.IsControl), $"seed {seed}: {error.Message}");
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            // A byte becomes a float and, with it, stands in a slab as stored and as read.
            long justified = Buffers + 16L * stored.Length * (isPacked ? DeflateRatio : 1);
            Assert.True(allocated <= justified, $"seed {seed}: {allocated} bytes allocated for a file of {stored.Length}");
            Assert.True(Stopwatch.GetElapsedTime(start) < Longest, $"seed {seed} took {Stopwatch.GetElapsedTime(start)}");
        }
        // Some of the mutations change nothing that matters, or the fuzzing would try the first check alone.
        Assert.True(read > 0, "every mutated file was refused");
    }

    private static byte[] Mutate(byte[] good, int reach, Random random)
    {
        byte[] bytes = [.. good];
        byte[] telling = [0, 1, 0x7F, 0x80, 0xFF, (byte)'-', (byte)'9', (byte)'e', (byte)' ', (byte)'\n'];
        for (int count = 1 + random.Next(6); count > 0; count--)
        {
            int at = random.Next(reach);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = telling[random.Next(telling.Length)]; break;
                case 3: bytes.AsSpan(at, Math.Min(random.Next(1, 9), bytes.Length - at)).Fill(telling[random.Next(telling.Length)]); break;
                default:
                    // A piece of it elsewhere.
                    int length = Math.Min(random.Next(1, 17), bytes.Length - at), from = random.Next(bytes.Length - length + 1);
                    bytes.AsSpan(from, length).ToArray().CopyTo(bytes, at);
                    break;
            }
        }
        return random.Next(8) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }

    private static byte[] Good(string name) => name switch
    {
        "a.nii" or "a.nii.gz" => BrokenVolumes.GoodNifti(),
        "b.nii" => BrokenVolumes.GoodNifti(new NiftiFile { DataType = 16, IsSecond = true, BigEndian = true }),
        "a.mha" => BrokenVolumes.GoodMeta,
        "z.mha" => [.. Text(BrokenVolumes.GoodMeta[..^48], "CompressedData = False", "CompressedData = True"), .. BrokenVolumes.Zlib(new byte[48])],
        "a.nrrd" => BrokenVolumes.GoodNrrd,
        "z.nrrd" => [.. Text(BrokenVolumes.GoodNrrd[..^48], "encoding: raw", "encoding: gzip"), .. BrokenVolumes.Gzip(new byte[48])],
        "a.dcm" => new DicomFile().Bytes()[..],
        "r.dcm" => new DicomFile { Syntax = DicomFile.Rle, Rows = 6, Columns = 6, Values = [.. Enumerable.Range(0, 36).Select(i => (long)(i / 5))] }.Bytes(),
        _ => new DicomFile { Syntax = DicomFile.Implicit }.Bytes(),
    };

    private static byte[] Text(byte[] header, string right, string wrong) => System.Text.Encoding.ASCII.GetBytes(System.Text.Encoding.ASCII.GetString(header).Replace(right, wrong, StringComparison.Ordinal));
}
