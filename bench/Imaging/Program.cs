using System.Globalization;
using System.IO.Compression;
using HiEndMae.Bench.Imaging;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

// Times reading, resampling and preparing a scan with its labels. Each is compared with a limit measured in the same run: plain inflate, or copying memory.
// dotnet run -c Release --project bench/Imaging [-- IMAGE LABEL [ROUNDS]]; without files, a synthetic scan is used. On one core: taskset -c 0 dotnet ...
CancellationToken cancel = CancellationToken.None;
string folder = Directory.CreateTempSubdirectory("hiendmae-bench-").FullName;
try
{
    (string image, string label) = args.Length >= 2 ? (args[0], args[1]) : SyntheticScan.Write(folder);
    int rounds = args.Length >= 3 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 15;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(image)}: {VolumeReader.ReadHeader(image).Size} voxels of {VolumeReader.ReadHeader(image).Affine.Spacing}; {Environment.ProcessorCount} core(s); best of {rounds} interleaved rounds"));
    Reading(image, rounds);
    Resampling(image, label, rounds);
    Chain(image, label, rounds);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

void Reading(string image, int rounds)
{
    byte[] packed = File.ReadAllBytes(image);
    // A gzip file has a header of ten bytes and an optional name before the data, and a trailer of eight bytes behind them.
    int start = (packed[3] & 8) == 0 ? 10 : Array.IndexOf(packed, (byte)0, 10) + 1;
    var scratch = new byte[1 << 16];
    var race = new Race();
    race.Add("plain inflate (DeflateStream, in memory)", () => Drain(new DeflateStream(new MemoryStream(packed, start, packed.Length - start - 8), CompressionMode.Decompress)));
    race.Add("read: inflate, checksum, convert, transpose", () => VolumeReader.ReadImage(image, cancel));
    race.Run(rounds);
    race.Print();

    void Drain(Stream stream)
    {
        using (stream)
        {
            while (stream.Read(scratch, 0, scratch.Length) > 0)
            {
            }
        }
    }
}

void Resampling(string image, string label, int rounds)
{
    Volume<float> source = Orientation.ToRas(VolumeReader.ReadImage(image, cancel));
    Volume<ushort> labels = Orientation.ToRas(VolumeReader.ReadLabel(label, cancel));
    Spacing3 spacing = Spacing3.Isotropic(1.5);
    float[] floats = Resampler.Resample(source, spacing).Voxels;
    ushort[] shorts = Resampler.ResampleNearest(labels, spacing).Voxels;
    var race = new Race();
    race.Add("copy of as many floats into new memory", () => _ = floats.AsSpan().ToArray());
    race.Add("trilinear to 1.5 mm", () => _ = Resampler.Resample(source, spacing));
    race.Run(rounds);
    race.Print();
    race = new Race();
    race.Add("copy of as many labels into new memory", () => _ = shorts.AsSpan().ToArray());
    race.Add("nearest to 1.5 mm", () => _ = Resampler.ResampleNearest(labels, spacing));
    race.Run(rounds);
    race.Print();
    var turned = new Volume<float>(1, new Size3(source.Size.Z, source.Size.X, source.Size.Y), new Affine(0, -1, 0, 0, 0, 0, 1, 0, -1, 0, 0, 0), source.Voxels);
    race = new Race();
    race.Add("copy of the stored scan into new memory", () => _ = source.Voxels.AsSpan().ToArray());
    race.Add("orientation, all axes turned", () => _ = Orientation.ToRas(turned));
    race.Run(rounds);
    race.Print();
}

void Chain(string image, string label, int rounds)
{
    var plan = new PreparationPlan(Spacing3.Isotropic(1.5), (-175, 250)) { CropForeground = true };
    var race = new Race();
    race.Add("load image", () => _ = VolumeReader.ReadImage(image, cancel));
    race.Add("load label", () => _ = VolumeReader.ReadLabel(label, cancel));
    Volume<float> stored = VolumeReader.ReadImage(image, cancel);
    Volume<ushort> storedLabel = VolumeReader.ReadLabel(label, cancel);
    PreparationTrace trace = plan.Prepare(Copy(stored)).Trace;
    race.Add("image: RAS, 1.5 mm, scale, crop", () => _ = plan.Prepare(stored));
    race.Add("label: the same", () => _ = trace.PrepareLabel(storedLabel));
    race.Add("load both, RAS, 1.5 mm, scale, foreground crop", () =>
    {
        PreparationTrace own = plan.Prepare(VolumeReader.ReadImage(image, cancel)).Trace;
        _ = own.PrepareLabel(VolumeReader.ReadLabel(label, cancel));
    });
    race.Run(rounds);
    race.Print();
}

static Volume<float> Copy(Volume<float> volume) => new(volume.Channels, volume.Size, volume.Affine, [.. volume.Voxels]);
